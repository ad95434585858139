//! Appends records to an image in the order in which systemd's writer stores things.

use std::collections::HashMap;

use siphasher::sip::SipHasher24;

use super::chain::Chain;
use super::image::Image;
use super::layout::{DataAt, FieldAt, Layout};
use super::table::Table;
use super::{Record, Synth};
use crate::testkit::jenkins::jenkins64;

/// Writes a journal whole, and says where everything went.
pub(super) fn write(synth: &Synth) -> (Vec<u8>, Layout) {
    let mut writer = Writer::new(synth);
    for record in &synth.entries {
        writer.entry(record);
    }
    writer.finish()
}

struct Writer<'a> {
    synth: &'a Synth,
    image: Image,
    field_table: Table,
    data_table: Table,
    data: Vec<Data>,
    data_by_payload: HashMap<Vec<u8>, usize>,
    fields: Vec<Field>,
    field_by_name: HashMap<Vec<u8>, usize>,
    entries: Vec<u64>,
    main: Chain,
}

struct Data {
    at: DataAt,
    hash: u64,
    position: u64,
    chain: Chain,
}

struct Field {
    at: FieldAt,
    position: u64,
    head_data: u64,
}

impl<'a> Writer<'a> {
    fn new(synth: &'a Synth) -> Self {
        let mut image = Image::new(synth.header_size, synth.compact);
        let field_table = Table::append(&mut image, 5, synth.field_buckets);
        let data_table = Table::append(&mut image, 4, synth.data_buckets);
        Self {
            synth,
            image,
            field_table,
            data_table,
            data: Vec::new(),
            data_by_payload: HashMap::new(),
            fields: Vec::new(),
            field_by_name: HashMap::new(),
            entries: Vec::new(),
            main: Chain::new(176, (synth.header_size >= 264).then_some(256)),
        }
    }

    /// Appends the entry with what it needs, then links it: in the main chain, then in each of its data.
    fn entry(&mut self, record: &Record) {
        let payloads = record.payloads();
        let xor_hash = payloads.iter().fold(0, |xor, payload| xor ^ jenkins64(payload));
        // By index is by offset: data only ever go to the end.
        let mut items: Vec<usize> = payloads.into_iter().map(|payload| self.data(payload)).collect();
        items.sort_unstable();
        items.dedup();
        let entry = self.entry_object(record, xor_hash, &items);
        self.entries.push(entry);
        self.main.push(&mut self.image, entry);
        for item in items {
            self.link(item, entry);
        }
    }

    fn entry_object(&mut self, record: &Record, xor_hash: u64, items: &[usize]) -> u64 {
        let item_size = if self.synth.compact { 4 } else { 16 };
        let entry = self.image.append(3, 0, 64 + item_size * items.len() as u64);
        self.image.put_u64(entry + 16, record.seqnum);
        self.image.put_u64(entry + 24, record.realtime);
        self.image.put_u64(entry + 32, record.monotonic);
        self.image.put(entry + 40, &record.boot_id);
        self.image.put_u64(entry + 56, xor_hash);
        for (at, &item) in (entry + 64..).step_by(item_size as usize).zip(items) {
            let data = &self.data[item];
            self.image.put_item(at, data.at.offset);
            if !self.synth.compact {
                self.image.put_u64(at + 8, data.hash);
            }
        }
        entry
    }

    /// Adds an entry to the list of one of its data, the first one inline.
    fn link(&mut self, item: usize, entry: u64) {
        let data = &mut self.data[item];
        if data.at.entries.is_empty() {
            self.image.put_u64(data.at.offset + 40, entry);
        } else {
            data.chain.push(&mut self.image, entry);
        }
        data.at.entries.push(entry);
        self.image.put_u64(data.at.offset + 56, data.at.entries.len() as u64);
    }

    /// The index of the DATA with this payload, appended now unless it is there.
    fn data(&mut self, payload: Vec<u8>) -> usize {
        if let Some(&known) = self.data_by_payload.get(&payload) {
            self.data_table.found(self.data[known].position);
            return known;
        }
        let hash = self.hash(&payload);
        let at = self.data_object(&payload, hash);
        let offset = at.offset;
        let position = self.data_table.link(&mut self.image, hash, offset);
        if let Some(end) = payload.iter().position(|&byte| byte == b'=') {
            self.head_field(&payload[..end], offset);
        }
        let chain = Chain::new(offset + 48, self.synth.compact.then_some(offset + 64));
        self.data.push(Data { at, hash, position, chain });
        self.data_by_payload.insert(payload, self.data.len() - 1);
        self.data.len() - 1
    }

    fn data_object(&mut self, payload: &[u8], hash: u64) -> DataAt {
        let codec = self.synth.codec;
        let compressed = (payload.len() >= self.synth.threshold).then(|| codec.compress(payload)).flatten();
        let flags = if compressed.is_some() { codec.object_flag() } else { 0 };
        let stored = compressed.as_deref().unwrap_or(payload);
        let fixed = if self.synth.compact { 72 } else { 64 };
        let offset = self.image.append(1, flags, fixed + stored.len() as u64);
        self.image.put_u64(offset + 16, hash);
        self.image.put(offset + fixed, stored);
        DataAt {
            offset,
            stored: offset + fixed,
            stored_len: stored.len() as u64,
            payload: payload.to_vec(),
            entries: Vec::new(),
            arrays: Vec::new(),
        }
    }

    /// Puts a new DATA at the head of its field's chain.
    fn head_field(&mut self, name: &[u8], data: u64) {
        let index = self.field(name);
        let field = &mut self.fields[index];
        self.image.put_u64(data + 32, field.head_data);
        self.image.put_u64(field.at.offset + 32, data);
        field.head_data = data;
    }

    /// The index of the FIELD with this name, appended now unless it is there.
    fn field(&mut self, name: &[u8]) -> usize {
        if let Some(&known) = self.field_by_name.get(name) {
            self.field_table.found(self.fields[known].position);
            return known;
        }
        let hash = self.hash(name);
        let offset = self.image.append(2, 0, 40 + name.len() as u64);
        self.image.put_u64(offset + 16, hash);
        self.image.put(offset + 40, name);
        let position = self.field_table.link(&mut self.image, hash, offset);
        self.fields.push(Field { at: FieldAt { offset, name: name.to_vec() }, position, head_data: 0 });
        self.field_by_name.insert(name.to_vec(), self.fields.len() - 1);
        self.fields.len() - 1
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        if self.synth.keyed { SipHasher24::new_with_key(&self.synth.file_id).hash(bytes) } else { jenkins64(bytes) }
    }

    fn finish(mut self) -> (Vec<u8>, Layout) {
        let tail_end = self.image.end();
        let arena_end = tail_end + self.synth.padding;
        self.image.bytes.resize(arena_end as usize, 0);
        self.header(arena_end - self.synth.header_size);
        let data = self.data.into_iter().map(|data| DataAt { arrays: data.chain.arrays, ..data.at }).collect();
        let layout = Layout {
            header_size: self.synth.header_size,
            field_table: self.field_table.object,
            data_table: self.data_table.object,
            tail_object: self.image.objects.last().copied().unwrap_or(0),
            objects: self.image.objects,
            data,
            fields: self.fields.into_iter().map(|field| field.at).collect(),
            entries: self.entries,
            arrays: self.main.arrays,
            tail_end,
            arena_end,
        };
        (self.image.bytes, layout)
    }

    /// Fills the header; the main chain has put its own links there already.
    fn header(&mut self, arena_size: u64) {
        let synth = self.synth;
        let tail_boot = synth.entries.last().map_or([0; 16], |record| record.boot_id);
        self.image.put(0, b"LPKSHHRH");
        self.image.put_u32(8, synth.compatible_flags);
        self.image.put_u32(12, self.incompatible_flags());
        self.image.put(16, &[synth.state]);
        self.image.put(24, &synth.file_id);
        self.image.put(40, &synth.machine_id);
        self.image.put(56, &tail_boot);
        self.image.put(72, &synth.seqnum_id);
        for (at, value) in self.header_numbers(arena_size) {
            if at + 8 <= synth.header_size {
                self.image.put_u64(at, value);
            }
        }
    }

    fn incompatible_flags(&self) -> u32 {
        let codec = if self.synth.announce_codec { self.synth.codec.header_flag() } else { 0 };
        let keyed = if self.synth.keyed { 0x04 } else { 0 };
        let compact = if self.synth.compact { 0x10 } else { 0 };
        codec | keyed | compact | self.synth.incompatible_extra
    }

    /// The header's numbers, each with its offset.
    fn header_numbers(&self, arena_size: u64) -> [(u64, u64); 21] {
        let (head, tail) = (self.synth.entries.first(), self.synth.entries.last());
        let number = |record: Option<&Record>, of: fn(&Record) -> u64| record.map_or(0, of);
        let counts = self.image.counts;
        [
            (88, self.synth.header_size),
            (96, arena_size),
            (104, self.data_table.object + 16),
            (112, self.data_table.size()),
            (120, self.field_table.object + 16),
            (128, self.field_table.size()),
            (136, self.image.objects.last().copied().unwrap_or(0)),
            (144, self.image.objects.len() as u64),
            (152, counts[3]),
            (160, number(tail, |record| record.seqnum)),
            (168, number(head, |record| record.seqnum)),
            (184, number(head, |record| record.realtime)),
            (192, number(tail, |record| record.realtime)),
            (200, number(tail, |record| record.monotonic)),
            (208, counts[1]),
            (216, counts[2]),
            (224, counts[7]),
            (232, counts[6]),
            (240, self.data_table.depth),
            (248, self.field_table.depth),
            (264, self.entries.last().copied().unwrap_or(0)),
        ]
    }
}
