#pragma once

#include <stddef.h>

/* What plain SQLite costs: a file in WAL mode with synchronous=FULL, one table, one prepared insert.
   Every function returns 0, or SQLite's error code. */

typedef struct CBaseline CBaseline;

int cbaseline_open(const char *path, const char *create_table, const char *insert,
                   CBaseline **out);
int cbaseline_begin(CBaseline *baseline);
int cbaseline_bind_text(CBaseline *baseline, int index, const char *text, size_t length);
int cbaseline_bind_integer(CBaseline *baseline, int index, long long number);
int cbaseline_bind_real(CBaseline *baseline, int index, double number);
int cbaseline_insert(CBaseline *baseline);
int cbaseline_commit(CBaseline *baseline);
void cbaseline_close(CBaseline *baseline);
