//! Collections that are written as another Python type than serde's: sets, frozensets and tuples.

macro_rules! collection {
    ($name:ident, $token:ident, $doc:literal, $example:literal) => {
        #[doc = $doc]
        ///
        /// ```
        /// use std::collections::BTreeSet;
        /// use serde::{Deserialize, Serialize};
        ///
        /// #[derive(Serialize, Deserialize)]
        /// struct Tagged {
        #[doc = concat!("    #[serde(with = \"pickle_serde::", stringify!($name), "\")]")]
        ///     tags: BTreeSet<u8>,
        /// }
        ///
        /// let graph = pickle_serde::to_graph(&Tagged { tags: [1, 2].into() })?;
        #[doc = concat!("assert_eq!(graph.to_string(), \"{'tags': ", $example, "}\");")]
        /// assert_eq!(pickle_serde::from_graph::<Tagged>(&graph)?.tags.len(), 2);
        /// # Ok::<(), pickle_serde::Error>(())
        /// ```
        pub mod $name {
            use serde_core::ser::{Serialize, Serializer};
            use serde_core::{Deserialize, Deserializer};

            use crate::owned::Seq;

            /// Writes what the collection iterates over. Other formats get a sequence.
            ///
            /// ```
            /// use pickle_serde::Serializer;
            ///
            /// let (mut by_function, mut by_field) = (Vec::new(), Vec::new());
            /// let mut serializer = Serializer::new(&mut by_function);
            #[doc = concat!("pickle_serde::", stringify!($name), "::serialize(&[1, 2], &mut serializer)?;")]
            ///
            /// #[derive(serde::Serialize)]
            /// #[serde(transparent)]
            #[doc = concat!("struct Numbers(#[serde(with = \"pickle_serde::", stringify!($name), "\")] Vec<u8>);")]
            /// pickle_serde::to_writer(&mut by_field, &Numbers(vec![1, 2]))?;
            /// assert_eq!(by_function, by_field);
            /// # Ok::<(), pickle_serde::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// Those of the serializer.
            pub fn serialize<'c, C, S>(collection: &'c C, serializer: S) -> Result<S::Ok, S::Error>
            where
                &'c C: IntoIterator,
                <&'c C as IntoIterator>::Item: Serialize,
                S: Serializer,
            {
                serializer.serialize_newtype_struct(crate::token::$token, &Seq(|| collection.into_iter()))
            }

            /// Reads the collection as serde does, from any sequence.
            ///
            /// ```
            /// let mut pickles = pickle_serde::Deserializer::from_slice(b"\x80\x02](K\x01K\x02e.");
            #[doc = concat!("let numbers: Vec<u8> = pickle_serde::", stringify!($name), "::deserialize(&mut pickles)?;")]
            /// assert_eq!(numbers, [1, 2]);
            /// # Ok::<(), pickle_serde::Error>(())
            /// ```
            ///
            /// # Errors
            ///
            /// Those of the deserializer.
            pub fn deserialize<'de, C: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
                C::deserialize(deserializer)
            }
        }
    };
}

collection!(set, SET, "Writes a collection as a `set`: for `#[serde(with = \"pickle_serde::set\")]`.", "{1, 2}");
collection!(
    frozen_set,
    FROZEN_SET,
    "Writes a collection as a `frozenset`: for `#[serde(with = \"pickle_serde::frozen_set\")]`.",
    "frozenset({1, 2})"
);
collection!(
    tuple,
    TUPLE,
    "Writes a collection as a `tuple`: for `#[serde(with = \"pickle_serde::tuple\")]`.",
    "(1, 2)"
);
