#include "binding.h"

#include <stdlib.h>
#include <string.h>

struct value {
  int type;
  int length;
  union {
    int64_t integer;
    double real;
    size_t offset;
  } is;
};

struct CRows {
  int columns;
  size_t used, room;
  struct value *values;
  size_t letters_used, letters_room;
  char *letters;
};

CRows *crows_make(int columns) {
  CRows *rows = calloc(1, sizeof *rows);
  if (rows) rows->columns = columns;
  return rows;
}

static struct value *next(CRows *rows, int type) {
  if (rows->used == rows->room) {
    rows->room = rows->room ? rows->room * 2 : 1024;
    rows->values = realloc(rows->values, rows->room * sizeof *rows->values);
    if (!rows->values) abort();
  }
  struct value *value = &rows->values[rows->used++];
  value->type = type;
  return value;
}

void crows_add_text(CRows *rows, const char *text, size_t length) {
  while (rows->letters_used + length > rows->letters_room) {
    rows->letters_room = rows->letters_room ? rows->letters_room * 2 : 1 << 16;
    rows->letters = realloc(rows->letters, rows->letters_room);
    if (!rows->letters) abort();
  }
  struct value *value = next(rows, SQLITE_TEXT);
  value->length = (int)length;
  value->is.offset = rows->letters_used;
  memcpy(rows->letters + rows->letters_used, text, length);
  rows->letters_used += length;
}

void crows_add_integer(CRows *rows, int64_t number) {
  next(rows, SQLITE_INTEGER)->is.integer = number;
}

void crows_add_real(CRows *rows, double number) { next(rows, SQLITE_FLOAT)->is.real = number; }

size_t crows_count(const CRows *rows) { return rows->used / (size_t)rows->columns; }

void crows_bind(const CRows *rows, size_t row, int column, int count, sqlite3_stmt *statement) {
  const struct value *values = &rows->values[row * (size_t)rows->columns + (size_t)column];
  for (int index = 0; index < count; index++) {
    const struct value *value = &values[index];
    switch (value->type) {
    case SQLITE_INTEGER: sqlite3_bind_int64(statement, index + 1, value->is.integer); break;
    case SQLITE_FLOAT: sqlite3_bind_double(statement, index + 1, value->is.real); break;
    default:
      sqlite3_bind_text(statement, index + 1, rows->letters + value->is.offset, value->length,
                        SQLITE_STATIC);
    }
  }
}

int64_t crows_integer(const CRows *rows, size_t row, int column) {
  return rows->values[row * (size_t)rows->columns + (size_t)column].is.integer;
}

void crows_free(CRows *rows) {
  if (!rows) return;
  free(rows->values);
  free(rows->letters);
  free(rows);
}
