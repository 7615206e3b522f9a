//! What `pickle` lets its users override, against CPython 3.13: `data/overrides.json`, made by
//! `data/generate_overrides.py`.

mod overrides {
    mod buffers;
    pub(crate) mod data;
    mod encodings;
    mod extensions;
    mod fast;
    mod kept;
    mod persistent;
    mod reducers;
    mod refusals;
}
