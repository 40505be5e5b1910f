/*===- CApiHeader.c - writ.h alone, as C99 ----------------------------------===*/
#include "hostabi/writ.h"

/* The inline functions, too. */
int writ_header_is_c99(void);
int writ_header_is_c99(void) {
  writ_value_t values[] = {writ_i32(1), writ_i64(2), writ_f32(3), writ_f64(4)};
  return values[0].type == WRIT_I32 && values[3].type == WRIT_F64;
}
