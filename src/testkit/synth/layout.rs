//! Where things lie in a synthetic journal, for wounds and assertions.

/// The offsets of everything that a builder wrote, each in the order of writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The size of the header, which is where the first object lies.
    pub header_size: u64,
    /// The FIELD_HASH_TABLE object.
    pub field_table: u64,
    /// The DATA_HASH_TABLE object.
    pub data_table: u64,
    /// Every object of any type, ascending.
    pub objects: Vec<u64>,
    /// Every DATA object, ascending.
    pub data: Vec<DataAt>,
    /// Every FIELD object, ascending.
    pub fields: Vec<FieldAt>,
    /// Every ENTRY object, ascending.
    pub entries: Vec<u64>,
    /// The ENTRY_ARRAY objects of the main chain, first to last.
    pub arrays: Vec<ArrayAt>,
    /// The last object of any type.
    pub tail_object: u64,
    /// The end of the tail object with its alignment, where the padding begins.
    pub tail_end: u64,
    /// The end of the arena, which is the length of the file.
    pub arena_end: u64,
}

impl Layout {
    /// Finds the DATA object that holds this `NAME=value`.
    #[must_use]
    pub fn find_data(&self, payload: &[u8]) -> Option<&DataAt> {
        self.data.iter().find(|data| data.payload == payload)
    }

    /// Finds the FIELD object of this name.
    #[must_use]
    pub fn find_field(&self, name: &[u8]) -> Option<&FieldAt> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// One DATA object and the chain of arrays that hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataAt {
    /// Where the object starts.
    pub offset: u64,
    /// Where the stored payload starts.
    pub stored: u64,
    /// How many bytes the stored payload has.
    pub stored_len: u64,
    /// The `NAME=value`, uncompressed.
    pub payload: Vec<u8>,
    /// The entries that have it.
    pub entries: Vec<u64>,
    /// The arrays that list all of these entries but the first.
    pub arrays: Vec<ArrayAt>,
}

/// One FIELD object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldAt {
    /// Where the object starts.
    pub offset: u64,
    /// The field's name.
    pub name: Vec<u8>,
}

/// One ENTRY_ARRAY object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayAt {
    /// Where the object starts.
    pub offset: u64,
    /// How many items fit.
    pub capacity: u64,
    /// How many items are in use.
    pub used: u64,
}
