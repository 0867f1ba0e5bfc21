#include "include/csyncs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint_fast64_t counted;
static atomic_int skips;
static sqlite3_vfs *real;
static sqlite3_vfs layer;

/* The real methods of a kind of file, and the same with our own xSync. */
struct kind {
  const sqlite3_io_methods *real;
  sqlite3_io_methods ours;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kind kinds[8];
static int kind_count;

static int sync_file(sqlite3_file *file, int flags) {
  atomic_fetch_add(&counted, 1);
  if (atomic_load(&skips)) return SQLITE_OK;
  for (int index = 0; index < kind_count; index++)
    if (file->pMethods == &kinds[index].ours) return kinds[index].real->xSync(file, flags);
  return SQLITE_INTERNAL;
}

static const sqlite3_io_methods *ours(const sqlite3_io_methods *methods) {
  const sqlite3_io_methods *found = methods;
  pthread_mutex_lock(&lock);
  int index = 0;
  while (index < kind_count && kinds[index].real != methods) index++;
  if (index < (int)(sizeof kinds / sizeof *kinds)) {
    if (index == kind_count) {
      kinds[index].real = methods;
      kinds[index].ours = *methods;
      kinds[index].ours.xSync = sync_file;
      kind_count++;
    }
    found = &kinds[index].ours;
  }
  pthread_mutex_unlock(&lock);
  return found;
}

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out) {
  (void)vfs;
  int code = real->xOpen(real, path, file, flags, out);
  if (file->pMethods) file->pMethods = ours(file->pMethods);
  return code;
}

int csyncs_install(void) {
  if (real) return SQLITE_OK;
  sqlite3_vfs *found = sqlite3_vfs_find(0);
  if (!found) return SQLITE_ERROR;
  real = found;
  layer = *real;
  layer.zName = "kulkul-syncs";
  layer.xOpen = open_file;
  layer.pNext = 0;
  return sqlite3_vfs_register(&layer, 1);
}

uint64_t csyncs_count(void) { return atomic_load(&counted); }

void csyncs_skip(int does_skip) { atomic_store(&skips, does_skip); }
