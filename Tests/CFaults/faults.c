#include "faults.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What the system keeps of a file in memory, and brings to the disk, at once. It is no less than what
// SQLite takes for a sector of the disk.
enum { page_size = 4096 };

// One write or truncation that is not synced yet.
//
// A write is of whole pages: whoever writes into a page lets all of it come to the disk again, also
// what could not be synced before.
struct pending {
  struct pending *next;
  sqlite3_int64 offset;
  int is_truncation;
  int length;
  unsigned char bytes[];
};

// One file as the disk has it, and what is not synced of it, the oldest first.
//
// It is known by its number and not by its name, since whoever renames a file syncs nothing by it.
// Through `handle` it stays that file, whatever becomes of the name.
struct disk_file {
  struct disk_file *next;
  dev_t device;
  ino_t number;
  int handle;
  unsigned char *durable;
  sqlite3_int64 size;
  sqlite3_int64 room;
  struct pending *first;
  struct pending **end;
  char path[];
};

struct faulty_file {
  sqlite3_file base;
  struct disk_file *state;
  sqlite3_file *real;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *folder;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs layer;
static struct disk_file *all;
static enum faults_kind armed;
static int64_t fire_at;
static int64_t counted;
static int64_t counted_reads;
static int fired;
static uint64_t chance;

static uint64_t draw(void) {
  chance += 0x9E3779B97F4A7C15ull;
  uint64_t z = chance;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// Counts one operation; an error code if it is to fail. `lock` is held.
static int count_one(int fault_if_full) {
  if (fired && armed == faults_cut) return SQLITE_IOERR;
  if (fired && armed == faults_full) return fault_if_full ? SQLITE_FULL : SQLITE_OK;
  counted++;
  if (armed == faults_none || armed == faults_read || armed == faults_reads) return SQLITE_OK;
  if (fired || counted != fire_at) return SQLITE_OK;
  fired = 1;
  return armed == faults_full ? (fault_if_full ? SQLITE_FULL : SQLITE_OK) : SQLITE_IOERR;
}

// Counts one reading; an error code if it is to fail. `lock` is held.
static int count_reading(void) {
  if (fired && armed == faults_reads) return SQLITE_IOERR_READ;
  counted_reads++;
  if (armed != faults_read && armed != faults_reads) return SQLITE_OK;
  if (fired || counted_reads != fire_at) return SQLITE_OK;
  fired = 1;
  return SQLITE_IOERR_READ;
}

// Lets the disk have so many bytes, the new ones being zero.
static void resize(struct disk_file *state, sqlite3_int64 size) {
  if (size > state->room) {
    state->room = size * 2;
    state->durable = realloc(state->durable, state->room);
  }
  if (size > state->size) memset(state->durable + state->size, 0, size - state->size);
  state->size = size;
}

static struct disk_file *state_of(const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) return 0;
  for (struct disk_file *one = all; one; one = one->next)
    if (one->device == status.st_dev && one->number == status.st_ino) return one;
  struct disk_file *made = calloc(1, sizeof *made + strlen(path) + 1);
  strcpy(made->path, path);
  made->device = status.st_dev;
  made->number = status.st_ino;
  made->end = &made->first;
  made->handle = open(path, O_RDWR | O_CLOEXEC);
  resize(made, status.st_size);
  if (made->size > 0 && pread(made->handle, made->durable, made->size, 0) != made->size) abort();
  made->next = all;
  all = made;
  return made;
}

// Lets an operation reach the disk, a write by its first `length` bytes.
static void reach(struct disk_file *state, const struct pending *one, int length) {
  if (one->is_truncation) {
    resize(state, one->offset);
  } else if (length > 0) {
    if (one->offset + length > state->size) resize(state, one->offset + length);
    memcpy(state->durable + one->offset, one->bytes, length);
  }
}

// Lets an operation reach the disk, or not, or in part.
static void reach_by_chance(struct disk_file *state, const struct pending *one) {
  uint64_t luck = draw() % 4;
  if (luck == 0) return;
  int length = one->length;
  if (luck == 1) length = (int)(draw() % (uint64_t)(one->length / 512 + 1)) * 512;
  reach(state, one, length);
}

enum fate { is_lost, is_durable, is_by_chance };

// Ends the waiting of everything that is not synced.
static void end_pending(struct disk_file *state, enum fate fate) {
  while (state->first) {
    struct pending *one = state->first;
    if (fate == is_durable) reach(state, one, one->length);
    if (fate == is_by_chance) reach_by_chance(state, one);
    state->first = one->next;
    free(one);
  }
  state->end = &state->first;
}

// Remembers an operation. `lock` is held.
static void remember_bytes(struct faulty_file *file, sqlite3_int64 offset, int length, const void *bytes,
                     int is_truncation) {
  struct pending *made = calloc(1, sizeof *made + length);
  made->offset = offset;
  made->is_truncation = is_truncation;
  made->length = length;
  if (length > 0) memcpy(made->bytes, bytes, length);
  *file->state->end = made;
  file->state->end = &made->next;
}

// Remembers the pages that were written to. `lock` is held.
static void remember_pages(struct faulty_file *file, sqlite3_int64 offset, int length) {
  sqlite3_int64 from = offset - offset % page_size;
  sqlite3_int64 to = offset + length + page_size - 1;
  to -= to % page_size;
  unsigned char *bytes = malloc(to - from);
  ssize_t count = pread(file->state->handle, bytes, to - from, from);
  if (count < offset + length - from) abort();
  remember_bytes(file, from, (int)count, bytes, 0);
  free(bytes);
}

static int write_file(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset) {
  struct faulty_file *file = (struct faulty_file *)base;
  pthread_mutex_lock(&lock);
  int was_cut = fired && armed == faults_cut;
  int code = count_one(1);
  if (code != SQLITE_OK && armed != faults_cut) {
    // A disk that fails, or is full, takes what it can.
    length = (int)(draw() % (uint64_t)(length / 512 + 1)) * 512;
  }
  // The write at which the power is cut may still reach the disk, in part.
  if (!was_cut && length > 0) {
    int done = file->real->pMethods->xWrite(file->real, bytes, length, offset);
    if (done == SQLITE_OK) remember_pages(file, offset, length);
    if (code == SQLITE_OK) code = done;
  }
  pthread_mutex_unlock(&lock);
  return code;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
  struct faulty_file *file = (struct faulty_file *)base;
  pthread_mutex_lock(&lock);
  int was_cut = fired && armed == faults_cut;
  int code = count_one(0);
  if (code == SQLITE_OK || (armed == faults_cut && !was_cut)) remember_bytes(file, size, 0, 0, 1);
  if (code == SQLITE_OK) code = file->real->pMethods->xTruncate(file->real, size);
  pthread_mutex_unlock(&lock);
  return code;
}

static int sync_file(sqlite3_file *base, int flags) {
  struct faulty_file *file = (struct faulty_file *)base;
  (void)flags;
  pthread_mutex_lock(&lock);
  int code = count_one(0);
  // What is synced here is synced for good: no real disk needs to be waited for.
  if (code == SQLITE_OK) end_pending(file->state, is_durable);
  // Linux takes what it could not sync for synced: to sync again says nothing of it any more.
  if (code != SQLITE_OK && armed == faults_error) end_pending(file->state, is_by_chance);
  pthread_mutex_unlock(&lock);
  return code;
}

static int close_file(sqlite3_file *base) {
  struct faulty_file *file = (struct faulty_file *)base;
  int code = file->real->pMethods->xClose(file->real);
  sqlite3_free(file->real);
  return code;
}

#define REAL(base) (((struct faulty_file *)(base))->real)

static int read_file(sqlite3_file *f, void *b, int n, sqlite3_int64 o) {
  pthread_mutex_lock(&lock);
  int code = count_reading();
  pthread_mutex_unlock(&lock);
  return code == SQLITE_OK ? REAL(f)->pMethods->xRead(REAL(f), b, n, o) : code;
}
static int size_file(sqlite3_file *f, sqlite3_int64 *s) {
  return REAL(f)->pMethods->xFileSize(REAL(f), s);
}
static int lock_file(sqlite3_file *f, int l) { return REAL(f)->pMethods->xLock(REAL(f), l); }
static int unlock_file(sqlite3_file *f, int l) { return REAL(f)->pMethods->xUnlock(REAL(f), l); }
static int reserved(sqlite3_file *f, int *r) {
  return REAL(f)->pMethods->xCheckReservedLock(REAL(f), r);
}
static int control(sqlite3_file *f, int op, void *a) {
  return REAL(f)->pMethods->xFileControl(REAL(f), op, a);
}
static int sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int traits(sqlite3_file *f) {
  // The real disk may promise more than the one that is played here.
  (void)f;
  return 0;
}
static int shm_map(sqlite3_file *f, int p, int s, int e, void volatile **m) {
  return REAL(f)->pMethods->xShmMap(REAL(f), p, s, e, m);
}
static int shm_lock(sqlite3_file *f, int o, int n, int l) {
  return REAL(f)->pMethods->xShmLock(REAL(f), o, n, l);
}
static void shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int shm_unmap(sqlite3_file *f, int d) { return REAL(f)->pMethods->xShmUnmap(REAL(f), d); }

static const sqlite3_io_methods methods = {
    2,         close_file, read_file, write_file, truncate_file, sync_file, size_file,
    lock_file, unlock_file, reserved, control,    sector,        traits,    shm_map,
    shm_lock,  shm_barrier, shm_unmap, 0,         0,
};

static int is_ours(const char *path) {
  return path && folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
  (void)vfs;
  if (!is_ours(path)) return real_vfs->xOpen(real_vfs, path, base, flags, out);
  struct faulty_file *file = (struct faulty_file *)base;
  memset(file, 0, sizeof *file);
  sqlite3_file *real = sqlite3_malloc(real_vfs->szOsFile);
  if (!real) return SQLITE_NOMEM;
  memset(real, 0, real_vfs->szOsFile);
  int code = real_vfs->xOpen(real_vfs, path, real, flags, out);
  if (code != SQLITE_OK) {
    sqlite3_free(real);
    return code;
  }
  pthread_mutex_lock(&lock);
  file->state = state_of(path);
  pthread_mutex_unlock(&lock);
  if (!file->state) abort();
  file->real = real;
  file->base.pMethods = &methods;
  return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync) {
  (void)vfs;
  if (!is_ours(path)) return real_vfs->xDelete(real_vfs, path, sync);
  pthread_mutex_lock(&lock);
  int code = count_one(0);
  if (code == SQLITE_OK) {
    struct disk_file *state = state_of(path);
    if (state) end_pending(state, is_lost);
    code = real_vfs->xDelete(real_vfs, path, 0);
  }
  pthread_mutex_unlock(&lock);
  return code;
}

int faults_install(const char *below) {
  if (folder) return SQLITE_MISUSE;
  real_vfs = sqlite3_vfs_find(0);
  if (!real_vfs) return SQLITE_ERROR;
  folder = strdup(below);
  layer = *real_vfs;
  layer.zName = "kulkul-faults";
  layer.szOsFile = (int)sizeof(struct faulty_file);
  if (layer.szOsFile < real_vfs->szOsFile) layer.szOsFile = real_vfs->szOsFile;
  layer.xOpen = open_file;
  layer.xDelete = delete_file;
  layer.pNext = 0;
  return sqlite3_vfs_register(&layer, 1);
}

void faults_arm(enum faults_kind kind, int64_t at, uint64_t seed) {
  pthread_mutex_lock(&lock);
  armed = kind;
  fire_at = at;
  counted = 0;
  counted_reads = 0;
  fired = 0;
  chance = seed;
  pthread_mutex_unlock(&lock);
}

int64_t faults_count(void) {
  pthread_mutex_lock(&lock);
  int64_t count = counted;
  pthread_mutex_unlock(&lock);
  return count;
}

int64_t faults_count_reads(void) {
  pthread_mutex_lock(&lock);
  int64_t count = counted_reads;
  pthread_mutex_unlock(&lock);
  return count;
}

int faults_fired(void) {
  pthread_mutex_lock(&lock);
  int did = fired;
  pthread_mutex_unlock(&lock);
  return did;
}

static void settle_one(struct disk_file *state) {
  // What was synced is there, and of the rest whatever happened to reach the disk.
  end_pending(state, is_by_chance);
  if (ftruncate(state->handle, state->size) != 0) abort();
  if (pwrite(state->handle, state->durable, state->size, 0) != state->size) abort();
}

void faults_settle(void) {
  pthread_mutex_lock(&lock);
  for (struct disk_file *one = all; one; one = one->next) {
    settle_one(one);
    size_t length = strlen(one->path);
    if (length > 4 && strcmp(one->path + length - 4, "-wal") == 0) {
      // The index of the log lives in memory, and does not outlive the power.
      char *index = strdup(one->path);
      strcpy(index + length - 4, "-shm");
      unlink(index);
      free(index);
    }
  }
  armed = faults_none;
  fired = 0;
  pthread_mutex_unlock(&lock);
}

void faults_forget(void) {
  pthread_mutex_lock(&lock);
  while (all) {
    struct disk_file *gone = all;
    all = gone->next;
    end_pending(gone, is_lost);
    close(gone->handle);
    free(gone->durable);
    free(gone);
  }
  armed = faults_none;
  fired = 0;
  pthread_mutex_unlock(&lock);
}
