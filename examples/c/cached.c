/*===- cached.c - Compile a contract once, whoever asks ---------------------===*/
#include <stdio.h>
#include <stdlib.h>
#include <writ.h>

static void check(writ_error_t *error) {
  if (!error)
    return;
  fprintf(stderr, "cached: error: %s\n", writ_error_message(error));
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
  writ_config_t *config = writ_config_new();
  writ_engine_t *engine;
  writ_module_t *module;
  writ_store_t *store;
  writ_instance_t *instance;
  writ_outcome_t outcome;
  writ_value_t calls;
  if (argc != 3)
    return fprintf(stderr, "usage: cached CACHE CONTRACT.wasm\n"), 2;

  /* The cache is a file for any number of threads and processes. */
  check(writ_config_set(config, "cache", argv[1]));
  check(writ_config_set(config, "tier", "llvm"));
  check(writ_engine_new(config, &engine));
  check(writ_compile_file(engine, argv[2], &module));

  check(writ_store_new(engine, &store));
  check(
      writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", log_text, stdout, NULL));
  check(writ_instantiate(store, module, &instance, NULL));
  check(writ_instance_call(instance, "greet", NULL, 0, &calls, 1, NULL, &outcome));

  writ_store_free(store);
  writ_module_free(module);
  writ_engine_free(engine);
  writ_config_free(config);
  return outcome.trap != 0;
}
