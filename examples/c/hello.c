/*===- hello.c - Compile a contract and run it with a host function ---------===*/
#include <stdio.h>
#include <stdlib.h>
#include <writ.h>

static void check(writ_error_t *error) {
  if (!error)
    return;
  fprintf(stderr, "hello: error: %s\n", writ_error_message(error));
  exit(writ_error_kind(error) == WRIT_ERROR_INTERNAL ? 3 : 2);
}

/* (i32 address, i32 size) -> (): prints that range of the contract's memory. */
static writ_status log_text(void *user, writ_call *call, uint64_t *values) {
  const uint8_t *text = writ_memory(call, values[0], values[1]);
  if (!text)
    return WRIT_MEMORY_OUT_OF_BOUNDS;
  if (writ_consume_gas(call, values[1]) != WRIT_SUCCESS)
    return WRIT_OUT_OF_GAS;
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
  if (argc != 2)
    return fprintf(stderr, "usage: hello CONTRACT.wasm\n"), 2;

  check(writ_config_set(config, "tier", "singlepass"));
  check(writ_config_set(config, "gas", "1000000"));
  check(writ_engine_new(config, &engine));
  check(writ_compile_file(engine, argv[1], &module));

  check(writ_store_new(engine, &store));
  check(
      writ_store_define_function(store, "env", "log", "(i32, i32) -> ()", log_text, stdout, NULL));
  check(writ_instantiate(store, module, &instance, NULL));
  check(writ_instance_call(instance, "greet", NULL, 0, &calls, 1, NULL, &outcome));
  if (outcome.trap)
    printf("trap: %s\n", writ_trap_name(outcome.trap));
  else
    printf("call %d took %llu gas\n", calls.of.i32, (unsigned long long)outcome.gas_used);

  writ_store_free(store);
  writ_module_free(module);
  writ_engine_free(engine);
  writ_config_free(config);
  return outcome.trap != 0;
}
