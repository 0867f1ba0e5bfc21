#include "connection.h"
#include "binding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ctable_run(CTable *table, const char *sql) {
  return sqlite3_exec(table->database, sql, 0, 0, 0);
}

/* NB: a statement is compiled when it is first used, so whoever takes the time of that takes the time
   of compiling too, as of a store that does the same. */
static int prepare(CTable *table, const char *sql, sqlite3_stmt **out) {
  if (*out) return SQLITE_OK;
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
  if (!code && !(table->insert_sql = strdup(insert))) code = SQLITE_NOMEM;
  for (int index = 1; index < table->columns && !code; index++) {
    char update[256];
    snprintf(update, sizeof update, "UPDATE rows SET %.*s = ? WHERE %.*s = ?",
             length_of_name(columns[index]), columns[index], length_of_name(columns[0]),
             columns[0]);
    if (!(table->update_sql[index] = strdup(update))) code = SQLITE_NOMEM;
  }
  return code;
}

int ctable_open(const char *path, const char *const *columns, int count, CTable **out) {
  CTable *table = calloc(1, sizeof *table);
  if (!table) return SQLITE_NOMEM;
  table->columns = count;
  table->updates = calloc((size_t)count, sizeof *table->updates);
  table->update_sql = calloc((size_t)count, sizeof *table->update_sql);
  int code = table->updates && table->update_sql ? sqlite3_open(path, &table->database)
                                                 : SQLITE_NOMEM;
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
  int code = prepare(table, table->insert_sql, &table->insert);
  if (!code && !is_each) code = ctable_run(table, "BEGIN IMMEDIATE");
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
    int64_t column = crows_integer(cells, cell, 0);
    code = prepare(table, table->update_sql[column], &table->updates[column]);
    if (code) break;
    crows_bind(cells, cell, 1, 2, table->updates[column]);
    code = step(table->updates[column]);
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
  for (int index = 0; index < table->columns && table->update_sql; index++)
    free(table->update_sql[index]);
  free(table->insert_sql);
  free(table->update_sql);
  free(table->updates);
  free(table);
}
