#include "cbaseline.h"

#include <sqlite3.h>
#include <stdlib.h>

struct CBaseline {
  sqlite3 *database;
  sqlite3_stmt *insert;
};

int cbaseline_open(const char *path, const char *create_table, const char *insert,
                   CBaseline **out) {
  CBaseline *baseline = calloc(1, sizeof *baseline);
  if (!baseline) return SQLITE_NOMEM;
  int code = sqlite3_open(path, &baseline->database);
  if (!code) code = sqlite3_exec(baseline->database, "PRAGMA journal_mode=WAL", 0, 0, 0);
  if (!code) code = sqlite3_exec(baseline->database, "PRAGMA synchronous=FULL", 0, 0, 0);
  if (!code) code = sqlite3_exec(baseline->database, create_table, 0, 0, 0);
  if (!code) code = sqlite3_prepare_v2(baseline->database, insert, -1, &baseline->insert, 0);
  if (code) {
    cbaseline_close(baseline);
    return code;
  }
  *out = baseline;
  return 0;
}

int cbaseline_begin(CBaseline *baseline) {
  return sqlite3_exec(baseline->database, "BEGIN IMMEDIATE", 0, 0, 0);
}

int cbaseline_bind_text(CBaseline *baseline, int index, const char *text, size_t length) {
  return sqlite3_bind_text(baseline->insert, index, text, (int)length, SQLITE_TRANSIENT);
}

int cbaseline_bind_integer(CBaseline *baseline, int index, long long number) {
  return sqlite3_bind_int64(baseline->insert, index, number);
}

int cbaseline_bind_real(CBaseline *baseline, int index, double number) {
  return sqlite3_bind_double(baseline->insert, index, number);
}

int cbaseline_insert(CBaseline *baseline) {
  int code = sqlite3_step(baseline->insert);
  int reset = sqlite3_reset(baseline->insert);
  return code == SQLITE_DONE ? reset : code;
}

int cbaseline_commit(CBaseline *baseline) {
  return sqlite3_exec(baseline->database, "COMMIT", 0, 0, 0);
}

void cbaseline_close(CBaseline *baseline) {
  if (!baseline) return;
  sqlite3_finalize(baseline->insert);
  sqlite3_close(baseline->database);
  free(baseline);
}
