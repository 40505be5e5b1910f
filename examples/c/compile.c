/*===- compile.c - Compile a contract to an artifact ------------------------===*/
#include <stdio.h>
#include <stdlib.h>
#include <writ.h>

/* Ends the program if `error` is one. */
static void check(writ_error_t *error) {
  if (!error)
    return;
  fprintf(stderr, "compile: error: %s\n", writ_error_message(error));
  exit(writ_error_kind(error) == WRIT_ERROR_INTERNAL ? 3 : 2);
}

/* All bytes of the file at `path`. */
static writ_bytes_t read_file(const char *path) {
  writ_bytes_t bytes = {NULL, 0};
  FILE *file = fopen(path, "rb");
  long size = -1;
  if (file && fseek(file, 0, SEEK_END) == 0)
    size = ftell(file);
  if (size >= 0 && fseek(file, 0, SEEK_SET) == 0)
    bytes.data = malloc((size_t)size + 1);
  if (!bytes.data || fread(bytes.data, 1, (size_t)size, file) != (size_t)size) {
    perror(path);
    exit(2);
  }
  bytes.size = (size_t)size;
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  writ_config_t *config = writ_config_new();
  writ_engine_t *engine;
  writ_bytes_t contract, artifact;
  FILE *file;
  if (argc != 4)
    return fprintf(stderr, "usage: compile TIER CONTRACT.wasm ARTIFACT\n"), 2;

  check(writ_config_set(config, "tier", argv[1]));
  check(writ_engine_new(config, &engine));
  contract = read_file(argv[2]);
  check(writ_compile_artifact(engine, contract.data, contract.size, argv[2], &artifact));
  file = fopen(argv[3], "wb");
  if (!file || fwrite(artifact.data, 1, artifact.size, file) != artifact.size || fclose(file) != 0)
    return perror(argv[3]), 2;
  printf("%lu bytes -> %lu bytes\n", (unsigned long)contract.size, (unsigned long)artifact.size);

  free(contract.data);
  writ_bytes_free(&artifact);
  writ_engine_free(engine);
  writ_config_free(config);
  return 0;
}
