#pragma once

#include "include/ctable.h"

#include <sqlite3.h>

struct CTable {
  sqlite3 *database;
  int columns;
  /* What is compiled when it is first needed: the inserting, and an updating for each column. */
  char *insert_sql;
  char **update_sql;
  sqlite3_stmt *insert;
  sqlite3_stmt **updates;
  sqlite3_stmt *keep;
};

int ctable_run(CTable *table, const char *sql);
