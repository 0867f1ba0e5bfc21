#pragma once

#include "ctable.h"

/* SQLite's session extension over the same table: changesets are recorded at one end, and applied
   and kept at the other. */

/* Whether this SQLite was built with it. */
int csession_is_there(void);

/* Inserts rows as ctable_insert does in one commit, and hands out the changeset of it, to be freed
   with csession_free. */
int csession_record(CTable *table, const CRows *rows, size_t first, size_t step, size_t end,
                    void **changeset, int *length);

/* Applies a changeset and keeps it, in one commit; of two that differ the later counts. */
int csession_apply(CTable *table, const void *changeset, int length);

void csession_free(void *changeset);
