//! Several files in numbers.

use super::{Account, Bytes, Entries, Objects};

/// Adds up all fields of a type.
macro_rules! adds {
    ($type:ident: $($field:ident)+) => {
        impl $type {
            fn add(&mut self, other: &Self) {
                $(self.$field = self.$field.saturating_add(other.$field);)+
            }
        }
    };
}

adds!(Bytes: file header data fields entries arrays tables tags padding damaged unaccounted blank unwritten);
adds!(Objects: data fields entries arrays tables tags damaged);
adds!(Entries: by_index salvaged incomplete unreadable overwritten foreign copies);

impl Account {
    /// The accounts of several files as one. Its seqnums and claims are empty: which counter numbers which file is for who
    /// knows them all to say.
    #[must_use]
    pub fn total<'a>(accounts: impl IntoIterator<Item = &'a Self>) -> Self {
        accounts.into_iter().fold(Self { hashed: true, ..Self::default() }, |mut total, account| {
            total.hashed &= account.hashed;
            total.bytes.add(&account.bytes);
            total.objects.add(&account.objects);
            total.entries.add(&account.entries);
            total
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_added_up() {
        let one = Account {
            bytes: Bytes {
                file: 1,
                header: 2,
                data: 3,
                fields: 4,
                entries: 5,
                arrays: 6,
                tables: 7,
                tags: 8,
                padding: 9,
                damaged: 10,
                unaccounted: 11,
                blank: 12,
                unwritten: 13,
            },
            objects: Objects { data: 1, fields: 2, entries: 3, arrays: 4, tables: 5, tags: 6, damaged: 7 },
            entries: Entries {
                by_index: 1,
                salvaged: 2,
                incomplete: 3,
                unreadable: 4,
                overwritten: 5,
                foreign: 6,
                copies: 7,
            },
            ..Account::default()
        };
        let two = Account::total([&one, &one]);
        // As JSON, where no field can be forgotten.
        for part in ["bytes", "objects", "entries"] {
            let [one, two] = [&one, &two].map(|account| serde_json::to_value(account).unwrap()[part].clone());
            let numbers = |value: serde_json::Value| -> Vec<u64> {
                value.as_object().unwrap().values().map(|number| number.as_u64().unwrap()).collect()
            };
            let doubled: Vec<u64> = numbers(one).into_iter().map(|number| number * 2).collect();
            assert_eq!(numbers(two), doubled, "{part}");
        }
        assert_eq!(two.share(), one.share());
    }
}
