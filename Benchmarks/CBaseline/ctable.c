#include "connection.h"
#include "binding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ctable_run(CTable *table, const char *sql) {
  return sqlite3_exec(table->database, sql, 0, 0, 0);
}

static int prepare(CTable *table, const char *sql, sqlite3_stmt **out) {
  return sqlite3_prepare_v3(table->database, sql, -1, SQLITE_PREPARE_PERSISTENT, out, 0);
}

static int step(sqlite3_stmt *statement) {
  int code = sqlite3_step(statement);
  int reset = sqlite3_reset(statement);
  return code == SQLITE_DONE ? reset : code;
}

/* The name at the beginning of a declaration. */
static int length_of_name(const char *declaration) {
  return (int)strcspn(declaration, " ");
}

static int make(CTable *table, const char *const *columns) {
  char sql[8192] = "CREATE TABLE rows (";
  char insert[1024] = "INSERT INTO rows VALUES (?";
  int code = 0;
  for (int index = 0; index < table->columns; index++) {
    if (strlen(sql) + strlen(columns[index]) + 32 > sizeof sql) return SQLITE_TOOBIG;
    strcat(sql, index ? ", " : "");
    strcat(sql, columns[index]);
    if (index) strcat(insert, ",?");
  }
  strcat(sql, ") WITHOUT ROWID");
  strcat(insert, ")");
  code = ctable_run(table, sql);
  if (!code) code = prepare(table, insert, &table->insert);
  for (int index = 1; index < table->columns && !code; index++) {
    char update[256];
    snprintf(update, sizeof update, "UPDATE rows SET %.*s = ? WHERE %.*s = ?",
             length_of_name(columns[index]), columns[index], length_of_name(columns[0]),
             columns[0]);
    code = prepare(table, update, &table->updates[index]);
  }
  return code;
}

int ctable_open(const char *path, const char *const *columns, int count, CTable **out) {
  CTable *table = calloc(1, sizeof *table);
  if (!table) return SQLITE_NOMEM;
  table->columns = count;
  table->updates = calloc((size_t)count, sizeof *table->updates);
  int code = table->updates ? sqlite3_open(path, &table->database) : SQLITE_NOMEM;
  if (!code) code = ctable_run(table, "PRAGMA journal_mode = WAL");
  if (!code) code = ctable_run(table, "PRAGMA synchronous = FULL");
  if (!code) code = ctable_run(table, "PRAGMA cache_size = -65536");
  if (!code) code = make(table, columns);
  if (code) {
    ctable_close(table);
    return code;
  }
  *out = table;
  return 0;
}

int ctable_insert(CTable *table, const CRows *rows, size_t first, size_t by, size_t end,
                  int is_each) {
  int code = is_each ? 0 : ctable_run(table, "BEGIN IMMEDIATE");
  for (size_t row = first; row < end && !code; row += by) {
    crows_bind(rows, row, 0, table->columns, table->insert);
    code = step(table->insert);
  }
  if (!code && !is_each) code = ctable_run(table, "COMMIT");
  return code;
}

int ctable_update(CTable *table, const CRows *cells, size_t first, size_t end) {
  int code = ctable_run(table, "BEGIN IMMEDIATE");
  for (size_t cell = first; cell < end && !code; cell++) {
    sqlite3_stmt *update = table->updates[crows_integer(cells, cell, 0)];
    crows_bind(cells, cell, 1, 2, update);
    code = step(update);
  }
  return code ? code : ctable_run(table, "COMMIT");
}

int ctable_settle(CTable *table) { return ctable_run(table, "PRAGMA wal_checkpoint(TRUNCATE)"); }

void ctable_close(CTable *table) {
  if (!table) return;
  sqlite3_finalize(table->insert);
  sqlite3_finalize(table->keep);
  for (int index = 0; index < table->columns && table->updates; index++)
    sqlite3_finalize(table->updates[index]);
  sqlite3_close(table->database);
  free(table->updates);
  free(table);
}
