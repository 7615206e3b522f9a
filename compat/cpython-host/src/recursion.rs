//! The interpreter's count of nested C calls.

use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;

#[cfg(not(Py_3_9))]
use self::before_3_9 as ffi;
#[cfg(Py_3_9)]
use pyo3::ffi;

/// The calls that were entered: CPython's pickler makes one for each object that is no atom, and more for
/// those that hold others.
#[derive(Default)]
pub(crate) struct Depth {
    calls: u32,
    /// How many calls each object counts for.
    objects: Vec<u32>,
}

impl Depth {
    /// Enters an object.
    #[inline]
    pub(crate) fn enter(&mut self, py: Python<'_>) -> PyResult<()> {
        self.call(py)?;
        self.objects.push(1);
        Ok(())
    }

    /// Begins an object for which CPython makes no call: what is left later is it, and not the one around it.
    pub(crate) fn enter_uncounted(&mut self) {
        self.objects.push(0);
    }

    /// Enters so many calls more for the object that was entered last.
    pub(crate) fn deepen(&mut self, py: Python<'_>, calls: u32) -> PyResult<()> {
        for _ in 0..calls {
            self.call(py)?;
            if let Some(object) = self.objects.last_mut() {
                *object += 1;
            }
        }
        Ok(())
    }

    /// Leaves the object that was entered last.
    #[inline]
    pub(crate) fn leave(&mut self) {
        let calls = self.objects.pop().unwrap_or(0);
        self.return_from(calls);
    }

    fn call(&mut self, py: Python<'_>) -> PyResult<()> {
        // SAFETY: the thread is attached; each success is undone once, by `leave` or when this is dropped.
        if unsafe { ffi::Py_EnterRecursiveCall(c" while pickling an object".as_ptr()) } != 0 {
            let unknown = || PyRecursionError::new_err("maximum recursion depth exceeded");
            return Err(PyErr::take(py).unwrap_or_else(unknown));
        }
        self.calls += 1;
        Ok(())
    }

    fn return_from(&mut self, calls: u32) {
        for _ in 0..calls.min(self.calls) {
            self.calls -= 1;
            // SAFETY: undoes one entered call.
            unsafe { ffi::Py_LeaveRecursiveCall() }
        }
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        self.return_from(self.calls);
    }
}

/// What the macros of these names in `ceval.h` do: up to 3.8 there are no such functions.
#[cfg(not(Py_3_9))]
#[expect(non_snake_case, reason = "C's names")]
mod before_3_9 {
    use std::ffi::{c_char, c_int, c_void};

    /// The beginning of `PyThreadState`, as 3.7 and 3.8 have it.
    #[repr(C)]
    struct ThreadState {
        prev: *mut c_void,
        next: *mut c_void,
        interp: *mut c_void,
        frame: *mut c_void,
        recursion_depth: c_int,
        overflowed: c_char,
    }

    unsafe extern "C" {
        static _Py_CheckRecursionLimit: c_int;
        fn _Py_CheckRecursiveCall(place: *const c_char) -> c_int;
    }

    fn state() -> *mut ThreadState {
        // SAFETY: always safe to call; what it gives is not null where the thread is attached.
        unsafe { pyo3::ffi::PyThreadState_Get() }.cast()
    }

    /// The thread has to be attached.
    pub(super) unsafe fn Py_EnterRecursiveCall(place: *const c_char) -> c_int {
        // SAFETY: the state is this thread's own, and begins as above.
        unsafe {
            (*state()).recursion_depth += 1;
            if (*state()).recursion_depth > _Py_CheckRecursionLimit { _Py_CheckRecursiveCall(place) } else { 0 }
        }
    }

    /// The thread has to be attached, and a call entered.
    pub(super) unsafe fn Py_LeaveRecursiveCall() {
        // SAFETY: the state is this thread's own, and begins as above.
        unsafe {
            (*state()).recursion_depth -= 1;
            let limit = _Py_CheckRecursionLimit;
            let low = if limit > 200 { limit - 50 } else { 3 * (limit >> 2) };
            if (*state()).recursion_depth < low {
                (*state()).overflowed = 0;
            }
        }
    }
}
