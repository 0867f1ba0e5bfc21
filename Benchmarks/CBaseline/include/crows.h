#pragma once

#include <stddef.h>
#include <stdint.h>

/* Rows of values that are made once and bound again and again, so that what is timed is SQLite and
   not the making of the values. */

typedef struct CRows CRows;

CRows *crows_make(int columns);
void crows_add_text(CRows *rows, const char *text, size_t length);
void crows_add_integer(CRows *rows, int64_t number);
void crows_add_real(CRows *rows, double number);
size_t crows_count(const CRows *rows);
void crows_free(CRows *rows);
