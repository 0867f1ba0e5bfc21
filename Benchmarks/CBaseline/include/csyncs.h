#pragma once

#include <stdint.h>

/* A layer under SQLite that counts how often a file is forced to the disk, and can leave that out, so
   that what remains is processor time. It lies under every database that this process opens. */

/* Puts the layer in place; 0, or SQLite's error code. The second time it does nothing. */
int csyncs_install(void);
/* How often a file was, or would have been, forced to the disk. */
uint64_t csyncs_count(void);
/* Whether it is left out. */
void csyncs_skip(int does_skip);
