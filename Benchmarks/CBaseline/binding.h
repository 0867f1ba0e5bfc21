#pragma once

#include "include/crows.h"

#include <sqlite3.h>

/* Binds some columns of a row to the parameters from the first on. */
void crows_bind(const CRows *rows, size_t row, int column, int count, sqlite3_stmt *statement);
/* The whole number in a column of a row. */
int64_t crows_integer(const CRows *rows, size_t row, int column);
