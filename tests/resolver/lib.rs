//! A resolver under a test's control, put before the system's by the loader (`LD_PRELOAD`): it needs neither privileges
//! nor a name server, and the program under test calls `getaddrinfo` as it always does.
//!
//! `MIK_TEST_NAMES` names a file with a line for each name: `name first,answer second,answer`. Each lookup gets the next
//! answer, and the last one goes on. `wait` in place of addresses never answers. Every lookup of a name in it is written
//! to the same path with `.log` behind it. Other names are the system's.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io::Write;
use std::sync::Mutex;

#[repr(C)]
struct AddrInfo {
    flags: c_int,
    family: c_int,
    kind: c_int,
    protocol: c_int,
    length: u32,
    address: *mut c_void,
    name: *mut c_char,
    next: *mut AddrInfo,
}

type Resolve =
    unsafe extern "C" fn(*const c_char, *const c_char, *const AddrInfo, *mut *mut AddrInfo) -> c_int;

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, symbol: *const c_char) -> *mut c_void;
}

/// The next library's, after this one.
const RTLD_NEXT: *mut c_void = -1_isize as *mut c_void;
const EAI_NONAME: c_int = -2;

static LOOKUPS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);

/// The C library's function of this name.
///
/// # Safety
/// As there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getaddrinfo(
    node: *const c_char,
    service: *const c_char,
    hints: *const c_void,
    found: *mut c_void,
) -> c_int {
    let (hints, found) = (hints.cast::<AddrInfo>(), found.cast::<*mut AddrInfo>());
    // SAFETY: the symbol is the C library's, of this type.
    let real: Resolve = unsafe {
        let symbol = dlsym(RTLD_NEXT, c"getaddrinfo".as_ptr());
        assert!(!symbol.is_null(), "the C library resolves names");
        std::mem::transmute::<*mut c_void, Resolve>(symbol)
    };
    // SAFETY: the caller's arguments, as they came.
    let system = || unsafe { real(node, service, hints, found) };
    if node.is_null() {
        return system();
    }
    // SAFETY: a name that is not null is a string.
    let name = unsafe { CStr::from_ptr(node) }.to_string_lossy().into_owned();
    let Some(answer) = answer(&name) else { return system() };
    let mut first: *mut AddrInfo = std::ptr::null_mut();
    for address in answer.split(',').rev().filter(|address| !address.is_empty()) {
        if address == "wait" {
            loop {
                std::thread::park();
            }
        }
        let address = CString::new(address).expect("an address is a string");
        let mut entry: *mut AddrInfo = std::ptr::null_mut();
        // SAFETY: an address in place of the name; the rest as it came.
        let code = unsafe { real(address.as_ptr(), service, hints, &mut entry) };
        assert_eq!(code, 0, "{address:?} is an address");
        // SAFETY: a list of the C library's own making, which frees it entry by entry.
        unsafe {
            let mut last = entry;
            while !(*last).next.is_null() {
                last = (*last).next;
            }
            (*last).next = first;
        }
        first = entry;
    }
    if first.is_null() {
        return EAI_NONAME;
    }
    // SAFETY: where the caller wants it.
    unsafe { *found = first };
    0
}

/// What this lookup of a name is answered.
fn answer(name: &str) -> Option<String> {
    let path = std::env::var("MIK_TEST_NAMES").ok()?;
    let names = std::fs::read_to_string(&path).expect("the test has written the names");
    let line = names.lines().find(|line| line.split(' ').next() == Some(name))?;
    let answers: Vec<_> = line.split(' ').skip(1).collect();
    let mut lookups = LOOKUPS.lock().expect("no lookup has failed");
    let count = lookups.get_or_insert_default().entry(name.to_owned()).or_default();
    let answer = answers.get((*count).min(answers.len().saturating_sub(1)))?;
    *count += 1;
    let mut log = std::fs::OpenOptions::new().append(true).create(true).open(path + ".log").expect("a log");
    writeln!(log, "{name} {answer}").expect("the log can be written");
    Some((*answer).to_owned())
}
