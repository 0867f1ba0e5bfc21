// A disk that fails when it is told to: a layer over SQLite's own file access, for tests.
//
// Files below one folder go through it; all others are left alone. It counts what would reach a disk
// (writes, syncs, truncations, deletions), and beside that what is read. At a given count it fails:
// once (an I/O error), from then on (a full disk, a disk that does not read), or for good (the power is
// cut). After a cut nothing reaches the files any more, and `faults_settle` leaves them as a disk might:
// everything that was synced is there; of what was not, each write is there, or not, or in part, by
// chance from a seed. What could not be synced is there by chance, and is not made sure of by another
// sync, as in Linux. Names are not part of it: a file that was made, renamed or deleted is so at once.
#ifndef KULKUL_FAULTS_H
#define KULKUL_FAULTS_H

#include <stdint.h>

enum faults_kind {
  faults_none = 0,
  // One operation fails with an I/O error; a write may be done in part.
  faults_error = 1,
  // From the operation on, whatever writes finds the disk full.
  faults_full = 2,
  // The power is cut at the operation.
  faults_cut = 3,
  // One reading fails with an I/O error.
  faults_read = 4,
  // From the reading on, nothing can be read.
  faults_reads = 5,
};

// Makes the layer SQLite's default for files below a folder. Once per process.
int faults_install(const char *folder);

// Begins to count from zero, and says what happens at which count (from 1).
void faults_arm(enum faults_kind kind, int64_t at, uint64_t seed);

// How many writes, syncs, truncations and deletions were counted since.
int64_t faults_count(void);

// How many readings were counted since.
int64_t faults_count_reads(void);

// Whether what was armed has happened.
int faults_fired(void);

// After a cut, and when no connection is open any more: leaves the files as the disk has them.
void faults_settle(void);

// Forgets all files, when no connection is open any more.
void faults_forget(void);

#endif
