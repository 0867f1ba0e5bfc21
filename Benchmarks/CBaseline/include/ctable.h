#pragma once

#include "crows.h"

/* What plain SQLite costs: a file in WAL mode with synchronous=FULL, one table, prepared statements,
   each compiled when it is first used, and nothing of a sync. The first column of a row is its key. Every function that returns int
   returns 0, or SQLite's error code. */

typedef struct CTable CTable;

/* `columns` are the declarations of all columns, the key included. */
int ctable_open(const char *path, const char *const *columns, int count, CTable **out);

/* Inserts the rows first, first + step, ... below end; every one durable, or all in one commit. */
int ctable_insert(CTable *table, const CRows *rows, size_t first, size_t step, size_t end,
                  int is_each);

/* Changes cells: rows of (number of the column, new value, key), in one commit. */
int ctable_update(CTable *table, const CRows *cells, size_t first, size_t end);

/* Writes the log back into the file. */
int ctable_settle(CTable *table);

void ctable_close(CTable *table);
