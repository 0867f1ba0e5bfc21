#include "faults.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// One write or truncation that is not synced yet, with what it replaced.
struct pending {
  struct pending *before;
  sqlite3_int64 offset;
  sqlite3_int64 old_size;
  int is_truncation;
  int length;
  int old_length;
  unsigned char *bytes;
  unsigned char *old_bytes;
};

// What is not synced of one file.
struct unsynced {
  struct unsynced *next;
  struct pending *last;
  char path[];
};

struct faulty_file {
  sqlite3_file base;
  struct unsynced *state;
  sqlite3_file *real;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *folder;
static sqlite3_vfs *real_vfs;
static sqlite3_vfs layer;
static struct unsynced *all;
static enum faults_kind armed;
static int64_t fire_at;
static int64_t counted;
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
  if (armed == faults_none || fired || counted != fire_at) return SQLITE_OK;
  fired = 1;
  return armed == faults_full ? (fault_if_full ? SQLITE_FULL : SQLITE_OK) : SQLITE_IOERR;
}

static struct unsynced *state_of(const char *path) {
  for (struct unsynced *one = all; one; one = one->next)
    if (strcmp(one->path, path) == 0) return one;
  struct unsynced *made = calloc(1, sizeof *made + strlen(path) + 1);
  strcpy(made->path, path);
  made->next = all;
  all = made;
  return made;
}

static void forget(struct unsynced *state) {
  while (state->last) {
    struct pending *gone = state->last;
    state->last = gone->before;
    free(gone->bytes);
    free(gone->old_bytes);
    free(gone);
  }
}

// Remembers an operation, and what is there before it. `lock` is held.
static struct pending *remember(struct faulty_file *file, sqlite3_int64 offset, int length,
                                const void *bytes, int is_truncation) {
  struct pending *made = calloc(1, sizeof *made);
  made->offset = offset;
  made->is_truncation = is_truncation;
  file->real->pMethods->xFileSize(file->real, &made->old_size);
  sqlite3_int64 end = is_truncation ? made->old_size : offset + length;
  if (end > made->old_size) end = made->old_size;
  if (end > offset) {
    made->old_length = (int)(end - offset);
    made->old_bytes = malloc(made->old_length);
    file->real->pMethods->xRead(file->real, made->old_bytes, made->old_length, offset);
  }
  if (!is_truncation) {
    made->length = length;
    made->bytes = malloc(length);
    memcpy(made->bytes, bytes, length);
  }
  made->before = file->state->last;
  file->state->last = made;
  return made;
}

static int write_file(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset) {
  struct faulty_file *file = (struct faulty_file *)base;
  pthread_mutex_lock(&lock);
  int wasCut = fired && armed == faults_cut;
  int code = count_one(1);
  if (code == SQLITE_OK || (code == SQLITE_IOERR && armed == faults_cut && !wasCut)) {
    // The write at which the power is cut may still reach the disk, in part.
    remember(file, offset, length, bytes, 0);
    int done = file->real->pMethods->xWrite(file->real, bytes, length, offset);
    if (code == SQLITE_OK) code = done;
  }
  pthread_mutex_unlock(&lock);
  return code;
}

static int truncate_file(sqlite3_file *base, sqlite3_int64 size) {
  struct faulty_file *file = (struct faulty_file *)base;
  pthread_mutex_lock(&lock);
  int code = count_one(0);
  if (code == SQLITE_OK) {
    remember(file, size, 0, 0, 1);
    code = file->real->pMethods->xTruncate(file->real, size);
  }
  pthread_mutex_unlock(&lock);
  return code;
}

static int sync_file(sqlite3_file *base, int flags) {
  struct faulty_file *file = (struct faulty_file *)base;
  (void)flags;
  pthread_mutex_lock(&lock);
  int code = count_one(0);
  // What is synced here is synced for good: no real disk needs to be waited for.
  if (code == SQLITE_OK) forget(file->state);
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
  return REAL(f)->pMethods->xRead(REAL(f), b, n, o);
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
    forget(state_of(path));
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

int faults_fired(void) {
  pthread_mutex_lock(&lock);
  int did = fired;
  pthread_mutex_unlock(&lock);
  return did;
}

static void put(int file, const unsigned char *bytes, int length, sqlite3_int64 offset) {
  while (length > 0) {
    ssize_t done = pwrite(file, bytes, length, offset);
    if (done <= 0) return;
    bytes += done;
    length -= (int)done;
    offset += done;
  }
}

static void settle_one(struct unsynced *state) {
  int file = open(state->path, O_RDWR | O_CLOEXEC);
  int count = 0;
  for (struct pending *one = state->last; one; one = one->before) count++;
  if (file >= 0 && count > 0) {
    struct pending **order = malloc(sizeof *order * count);
    int index = count;
    for (struct pending *one = state->last; one; one = one->before) order[--index] = one;
    // Back to what was synced, and from there on whatever happened to reach the disk.
    for (struct pending *one = state->last; one; one = one->before) {
      if (one->old_bytes) put(file, one->old_bytes, one->old_length, one->offset);
      if (ftruncate(file, one->old_size) != 0) break;
    }
    for (index = 0; index < count; index++) {
      struct pending *one = order[index];
      uint64_t luck = draw() % 4;
      if (luck == 0) continue;
      if (one->is_truncation) {
        if (ftruncate(file, one->offset) != 0) break;
        continue;
      }
      int length = one->length;
      if (luck == 1) length = (int)(draw() % (uint64_t)(one->length / 512 + 1)) * 512;
      put(file, one->bytes, length, one->offset);
    }
    free(order);
  }
  if (file >= 0) close(file);
  forget(state);
}

void faults_settle(void) {
  pthread_mutex_lock(&lock);
  for (struct unsynced *one = all; one; one = one->next) {
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
