/*===- run_only.c - Run an artifact without a compiler ----------------------===*/
/* Links libwrit-run alone. */
#include <stdio.h>
#include <stdlib.h>
#include <writ.h>

static void check(writ_error_t *error) {
  if (!error)
    return;
  fprintf(stderr, "run_only: error: %s\n", writ_error_message(error));
  exit(writ_error_kind(error) == WRIT_ERROR_INTERNAL ? 3 : 2);
}

static writ_status log_text(void *user, writ_call *call, uint64_t *values) {
  const uint8_t *text = writ_memory(call, values[0], values[1]);
  if (!text)
    return WRIT_MEMORY_OUT_OF_BOUNDS;
  fwrite(text, 1, (size_t)values[1], (FILE *)user);
  return WRIT_SUCCESS;
}

int main(int argc, char **argv) {
  writ_engine_t *engine;
  writ_module_t *module;
  writ_store_t *store;
  writ_instance_t *instance;
  writ_outcome_t outcome;
  writ_limits_t limits = {100000, 0};
  writ_value_t args[2], result;
  if (argc != 2)
    return fprintf(stderr, "usage: run_only ARTIFACT\n"), 2;

  check(writ_engine_new(NULL, &engine));
  check(writ_load_file(engine, argv[1], &module));
  check(writ_store_new(engine, &store));
  check(
      writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", log_text, stdout, NULL));
  check(writ_instantiate(store, module, &instance, NULL));
  check(writ_instance_call(instance, "greet", NULL, 0, &result, 1, &limits, &outcome));

  /* A trap is an outcome: it has a kind and a place. */
  args[0] = writ_i32(1);
  args[1] = writ_i32(0);
  check(writ_instance_call(instance, "divide", args, 2, &result, 1, &limits, &outcome));
  printf("1/0: %s in %s at byte %lu\n", writ_trap_name(outcome.trap),
         writ_module_function_name(module, outcome.function), (unsigned long)outcome.offset);

  writ_store_free(store);
  writ_module_free(module);
  writ_engine_free(engine);
  return 0;
}
