#pragma once

/// Tells SQLite not to count the memory it uses; only before it is used for the first time.
///
/// Nobody here asks for these counts, and for them every allocation of every connection would wait
/// for one lock.
///
/// Returns SQLite's code; SQLITE_MISUSE if it is in use already, and goes on counting.
int csqlite_count_no_memory(void);
