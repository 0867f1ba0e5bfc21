// The functions by which a program asks for memory, in front of those of the C library.

#include "CAllocationLimit.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static size_t limit;

void kulkul_limit_allocations(size_t bytes) { limit = bytes; }

static void check(size_t bytes) {
  static const char message[] = "Fatal error: too much memory is asked for at once\n";
  if (limit == 0 || bytes <= limit) return;
  limit = 0;
  ssize_t written = write(2, message, sizeof message - 1);
  (void)written;
  abort();
}

void *malloc(size_t bytes) {
  check(bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return NULL;
  }
  check(bytes);
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t bytes) {
  check(bytes);
  return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  check(bytes);
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **out, size_t alignment, size_t bytes) {
  check(bytes);
  void *memory = __libc_memalign(alignment, bytes);
  if (memory == NULL) return ENOMEM;
  *out = memory;
  return 0;
}
