#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#include "connection.h"
#include "include/csession.h"

#include <dlfcn.h>
#include <stdlib.h>

/* NB: found when they are needed, because a SQLite without the extension does not have them. */
#define FIND(function) __typeof__(&function) find_##function = dlsym(RTLD_DEFAULT, #function)

int csession_is_there(void) {
  return sqlite3_compileoption_used("ENABLE_SESSION") &&
         dlsym(RTLD_DEFAULT, "sqlite3session_create") != 0;
}

int csession_record(CTable *table, const CRows *rows, size_t first, size_t step, size_t end,
                    void **changeset, int *length) {
  FIND(sqlite3session_create);
  FIND(sqlite3session_attach);
  FIND(sqlite3session_changeset);
  FIND(sqlite3session_delete);
  sqlite3_session *session;
  int code = find_sqlite3session_create(table->database, "main", &session);
  if (code) return code;
  code = find_sqlite3session_attach(session, "rows");
  if (!code) code = ctable_insert(table, rows, first, step, end, 0);
  if (!code) code = find_sqlite3session_changeset(session, length, changeset);
  find_sqlite3session_delete(session);
  return code;
}

static int prefer_later(void *context, int reason, sqlite3_changeset_iter *change) {
  (void)context;
  (void)change;
  return reason == SQLITE_CHANGESET_DATA || reason == SQLITE_CHANGESET_CONFLICT
             ? SQLITE_CHANGESET_REPLACE
             : SQLITE_CHANGESET_OMIT;
}

int csession_apply(CTable *table, const void *changeset, int length) {
  FIND(sqlite3changeset_apply);
  int code = 0;
  if (!table->keep) {
    code = ctable_run(table, "CREATE TABLE log (seq INTEGER PRIMARY KEY, bytes BLOB)");
    if (!code)
      code = sqlite3_prepare_v2(table->database, "INSERT INTO log (bytes) VALUES (?)", -1,
                                &table->keep, 0);
  }
  if (!code) code = ctable_run(table, "BEGIN IMMEDIATE");
  if (!code)
    code = find_sqlite3changeset_apply(table->database, length, (void *)changeset, 0, prefer_later,
                                       0);
  if (!code) {
    sqlite3_bind_blob(table->keep, 1, changeset, length, SQLITE_STATIC);
    int done = sqlite3_step(table->keep);
    int reset = sqlite3_reset(table->keep);
    code = done == SQLITE_DONE ? reset : done;
  }
  return code ? code : ctable_run(table, "COMMIT");
}

void csession_free(void *changeset) { sqlite3_free(changeset); }
