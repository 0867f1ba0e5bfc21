#pragma once

#include "include/ctable.h"

#include <sqlite3.h>

struct CTable {
  sqlite3 *database;
  int columns;
  sqlite3_stmt *insert;
  sqlite3_stmt **updates;
  sqlite3_stmt *keep;
};

int ctable_run(CTable *table, const char *sql);
