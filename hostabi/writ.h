/*===- writ.h - The C interface of writ, version 1 --------------------------===*\
|*
|* For nodes in any language: compile contracts, load artifacts, run them. C99. docs/c-api.md is
|* the tour; hostabi/Host.h is the interface of host functions. MUST, MUST NOT and MAY are those
|* of RFC 2119.
|*
|* Two libraries: libwrit-run has everything but what is under "Compiling", and needs no compiler;
|* libwrit has all of it. A program links one of them.
|*
|* Ownership. What a function ending in `_new` gives, or gives through a pointer to a pointer, is
|* the caller's, who frees it with the `_free` function of its type, which takes NULL too. Handles
|* may be freed in any order: what others need of them stays. Instances alone belong to their
|* store. A `const char *` belongs to the handle it came from.
|*
|* Errors. A function that can fail returns NULL, or an error that the caller frees; what it would
|* have given is then NULL or zero. An error is never the contract's own ending: that is a trap, and
|* data (`writ_outcome_t`).
|*
|* Threads. Engines and modules MAY be used by any number of threads at a time. A store, with its
|* instances, and a configuration belong to one thread at a time, whichever that is; different ones
|* have nothing to do with each other. Errors and outcomes are plain values.
|*
|* When memory runs out for writ's own work (not for a contract's memory), the process ends.
|*
\*===------------------------------------------------------------------------===*/
#ifndef WRIT_HOSTABI_WRIT_H
#define WRIT_HOSTABI_WRIT_H

#include "hostabi/Host.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of everything below. What is added keeps it; what would break a program that was
 *  compiled before changes it. A program MAY compare it with `writ_api_version()`. */
#define WRIT_API_VERSION 1

#if defined(__GNUC__)
#define WRIT_API __attribute__((visibility("default")))
#else
#define WRIT_API
#endif

/** `WRIT_API_VERSION` of the library. */
WRIT_API uint32_t writ_api_version(void);
/** "0.1.0". Lives for ever. */
WRIT_API const char *writ_version(void);

typedef struct writ_error_t writ_error_t;
typedef struct writ_config_t writ_config_t;
typedef struct writ_engine_t writ_engine_t;
typedef struct writ_module_t writ_module_t;
typedef struct writ_store_t writ_store_t;
typedef struct writ_instance_t writ_instance_t;

/*===--- Errors -------------------------------------------------------------===*/

typedef int32_t writ_error_kind_t;
enum {
  /** The module, the artifact, the arguments or the options are wrong. */
  WRIT_ERROR_BAD_INPUT = 1,
  /** An import is missing, or of another type. */
  WRIT_ERROR_UNLINKABLE = 2,
  /** A stated limit, or the budget of a compile, is exceeded. */
  WRIT_ERROR_LIMIT = 3,
  /** writ, a host function or the machine failed. Not a result: a node MUST NOT treat it as one.
   *  After one from a call, the store MUST NOT be used any more, but freed. */
  WRIT_ERROR_INTERNAL = 4
};

WRIT_API writ_error_kind_t writ_error_kind(const writ_error_t *error);
/** "token.wasm:0x1f3: …": one line, no full stop. Lives as long as `error`. */
WRIT_API const char *writ_error_message(const writ_error_t *error);
WRIT_API void writ_error_free(writ_error_t *error);

/*===--- Configuration and engines ------------------------------------------===*/

/** A configuration at its defaults. */
WRIT_API writ_config_t *writ_config_new(void);
WRIT_API void writ_config_free(writ_config_t *config);

/** Sets an option, by name and as text; docs/c-api.md lists them ("tier", "gas", "cache" …).
 *  BAD_INPUT if there is no such option, or `value` is none of its values. */
WRIT_API writ_error_t *writ_config_set(writ_config_t *config, const char *option,
                                       const char *value);

/** Puts the prices of a schedule in force that is given as text, `size` bytes of it. */
WRIT_API writ_error_t *writ_config_set_schedule(writ_config_t *config, const char *text,
                                                size_t size);

/** The secret with which artifacts are signed, and without which none is run. At least 16 bytes. */
WRIT_API writ_error_t *writ_config_set_key(writ_config_t *config, const uint8_t *key, size_t size);

/** An engine with the options of `config`, or with the defaults if that is NULL. Opens the cache,
 *  if one is named. `config` MAY be changed and used again. */
WRIT_API writ_error_t *writ_engine_new(const writ_config_t *config, writ_engine_t **engine);
WRIT_API void writ_engine_free(writ_engine_t *engine);

/*===--- Modules ------------------------------------------------------------===*/

/** A contract's code, ready to be instantiated any number of times. */
WRIT_API void writ_module_free(writ_module_t *module);

typedef uint8_t writ_type_t;
enum {
  WRIT_I32 = 0,
  WRIT_I64 = 1,
  WRIT_F32 = 2,
  WRIT_F64 = 3,
  WRIT_FUNCREF = 4,
  WRIT_EXTERNREF = 5
};

typedef int32_t writ_extern_kind_t;
enum {
  WRIT_EXTERN_FUNCTION = 0,
  WRIT_EXTERN_TABLE = 1,
  WRIT_EXTERN_MEMORY = 2,
  WRIT_EXTERN_GLOBAL = 3
};

/** One import or export. All pointers live as long as the module. Names end with a zero byte that
 *  the size does not count; they MAY have others inside. */
typedef struct writ_declaration_t {
  const char *module; /**< Of imports; else NULL. */
  size_t module_size;
  const char *name;
  size_t name_size;
  writ_extern_kind_t kind;
  uint32_t index;            /**< In the index space of its kind. */
  const writ_type_t *params; /**< Of functions. For a global, its type is the only result. */
  size_t num_params;
  const writ_type_t *results;
  size_t num_results;
} writ_declaration_t;

WRIT_API size_t writ_module_num_imports(const writ_module_t *module);
WRIT_API size_t writ_module_num_exports(const writ_module_t *module);
/** `index` MUST be below the number. */
WRIT_API writ_declaration_t writ_module_import(const writ_module_t *module, size_t index);
WRIT_API writ_declaration_t writ_module_export(const writ_module_t *module, size_t index);

/** What the module calls a function, by its index; "" if it has no name. */
WRIT_API const char *writ_module_function_name(const writ_module_t *module, uint32_t function);

/*===--- Artifacts and the cache --------------------------------------------===*/

/** Bytes on the heap, the caller's. */
typedef struct writ_bytes_t {
  uint8_t *data;
  size_t size;
} writ_bytes_t;

/** Frees `bytes->data`. */
WRIT_API void writ_bytes_free(writ_bytes_t *bytes);

/** What a contract is known by: the SHA-256 of its bytes. */
WRIT_API void writ_code_hash(const uint8_t *bytes, size_t size, uint8_t hash[32]);

/** A module from an artifact. It is checked as far as it is used: what is damaged, made by another
 *  version of writ, for another processor or, if the engine has a key, not signed with it, is
 *  BAD_INPUT and never runs. `bytes` are copied. */
WRIT_API writ_error_t *writ_load(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                                 writ_module_t **module);

/** The same for a file, which stays open, and MUST NOT be changed while the module is in use. (If
 * it is, calls end with errors.) */
WRIT_API writ_error_t *writ_load_file(const writ_engine_t *engine, const char *path,
                                      writ_module_t **module);

/** The artifact of a contract in the engine's cache, made with the engine's options of compiling.
 *  `*module` is NULL if there is none: that is no error. */
WRIT_API writ_error_t *writ_load_cached(const writ_engine_t *engine, const uint8_t hash[32],
                                        writ_module_t **module);

/** The artifact that `module` came from: loaded from bytes, a file or the cache, or compiled with a
 *  cache. BAD_INPUT if it came from none, or from a file that has been changed since. */
WRIT_API writ_error_t *writ_module_serialize(const writ_module_t *module, writ_bytes_t *artifact);

/*===--- Stores and imports -------------------------------------------------===*/

/** Where instances live, and what they import. */
WRIT_API writ_error_t *writ_store_new(const writ_engine_t *engine, writ_store_t **store);
/** Ends all instances of the store. None of them may be running. */
WRIT_API void writ_store_free(writ_store_t *store);

/** Gives imports of these two names the function `call` of type `type`, "(i32, i64) -> f32" or
 *  "(i32) -> ()". A later definition replaces this one, for instances made after it. `user` is
 *  handed to each call; `release`, if not NULL, is called with it when the store ends. */
WRIT_API writ_error_t *writ_store_define_function(writ_store_t *store, const char *module,
                                                  const char *name, const char *type,
                                                  writ_host_function call, void *user,
                                                  void (*release)(void *user));

/** A memory of the host's own, in pages of 64 KiB. `max` UINT32_MAX: none is stated. */
WRIT_API writ_error_t *writ_store_define_memory(writ_store_t *store, const char *module,
                                                const char *name, uint32_t min, uint32_t max);

/** All exports of `instance`, which is in the same store, as those of `module`. */
WRIT_API writ_error_t *writ_store_define_instance(writ_store_t *store, const char *module,
                                                  const writ_instance_t *instance);

/*===--- Values and outcomes ------------------------------------------------===*/

/** A value of a contract. */
typedef struct writ_value_t {
  writ_type_t type;
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    writ_funcref funcref; /**< 0 is null. */
    uint64_t externref;   /**< The node's own number; 0 is null. */
  } of;
} writ_value_t;

/** A global of the host's own. */
WRIT_API writ_error_t *writ_store_define_global(writ_store_t *store, const char *module,
                                                const char *name, writ_value_t value,
                                                int is_mutable);

static inline writ_value_t writ_i32(int32_t value) {
  writ_value_t made;
  made.type = WRIT_I32;
  made.of.i64 = 0;
  made.of.i32 = value;
  return made;
}
static inline writ_value_t writ_i64(int64_t value) {
  writ_value_t made;
  made.type = WRIT_I64;
  made.of.i64 = value;
  return made;
}
static inline writ_value_t writ_f32(float value) {
  writ_value_t made;
  made.type = WRIT_F32;
  made.of.i64 = 0;
  made.of.f32 = value;
  return made;
}
static inline writ_value_t writ_f64(double value) {
  writ_value_t made;
  made.type = WRIT_F64;
  made.of.f64 = value;
  return made;
}

#define WRIT_UNKNOWN UINT32_MAX

/** How a call ended. */
typedef struct writ_outcome_t {
  int32_t trap;      /**< 0 if it returned; else the kind of trap (hostabi/Traps.def). */
  uint32_t function; /**< Index of the function that trapped, in its module; or WRIT_UNKNOWN. */
  uint32_t offset;   /**< Byte offset in that module; or WRIT_UNKNOWN. */
  uint64_t gas_used;
  uint64_t gas_left;
  char message[256]; /**< Of the host function that trapped; "" if it gave none. */
} writ_outcome_t;

/** "out_of_gas"; "none" for 0, "unknown" for what is no trap. Lives for ever. */
WRIT_API const char *writ_trap_name(int32_t trap);
/** WebAssembly's wording: "all gas consumed". */
WRIT_API const char *writ_trap_text(int32_t trap);

/*===--- Instances ----------------------------------------------------------===*/

/** Makes an instance of `module` in `store` and runs its start function. If that, or a segment that
 *  does not fit, traps, this is no error: `outcome->trap` says so and `*instance` is NULL.
 * `outcome` MAY be NULL if a trap then is to be a BAD_INPUT error. UNLINKABLE: an import that
 * nobody defined, or of another type. */
WRIT_API writ_error_t *writ_instantiate(writ_store_t *store, const writ_module_t *module,
                                        writ_instance_t **instance, writ_outcome_t *outcome);

/** Limits of one call. */
typedef struct writ_limits_t {
  uint64_t gas;         /**< Below 2^62. */
  uint64_t stack_bytes; /**< Metered. 0: the engine's. */
} writ_limits_t;

/** Calls the exported function `name`, whose types MUST be those of `args` and `num_results`. When
 *  it returns, `results` has its results; after a trap it is left alone. `limits` NULL: the
 *  engine's. A trap is an outcome and no error. MAY be called by a host function: that is a call of
 *  its own, with limits of its own. */
WRIT_API writ_error_t *writ_instance_call(writ_instance_t *instance, const char *name,
                                          const writ_value_t *args, size_t num_args,
                                          writ_value_t *results, size_t num_results,
                                          const writ_limits_t *limits, writ_outcome_t *outcome);

/** The same by the function's index (`writ_declaration_t`), which saves looking up the name. */
WRIT_API writ_error_t *writ_instance_call_index(writ_instance_t *instance, uint32_t function,
                                                const writ_value_t *args, size_t num_args,
                                                writ_value_t *results, size_t num_results,
                                                const writ_limits_t *limits,
                                                writ_outcome_t *outcome);

/** The linear memory, and its size in bytes. NULL and 0 if there is none. It never moves while the
 *  store lives; calls may make it larger. */
WRIT_API uint8_t *writ_instance_memory(const writ_instance_t *instance, uint64_t *size);

/** Copies from and to the linear memory. BAD_INPUT if any byte of the range lies outside. */
WRIT_API writ_error_t *writ_instance_read(const writ_instance_t *instance, uint64_t address,
                                          void *to, size_t size);
WRIT_API writ_error_t *writ_instance_write(writ_instance_t *instance, uint64_t address,
                                           const void *from, size_t size);

/** The exported global `name`. Setting: BAD_INPUT if it is constant, or of another type. */
WRIT_API writ_error_t *writ_instance_get_global(const writ_instance_t *instance, const char *name,
                                                writ_value_t *value);
WRIT_API writ_error_t *writ_instance_set_global(writ_instance_t *instance, const char *name,
                                                writ_value_t value);

/** Puts other prices in force: a shipped schedule's name, or a file. Compiles nothing. No call of
 *  the instance may be running. */
WRIT_API writ_error_t *writ_instance_set_schedule(writ_instance_t *instance,
                                                  const char *name_or_path);

/*===--- Compiling: only in libwrit -----------------------------------------===*/

/** Compiles the WebAssembly module in `bytes` as the engine is configured. `name` starts error
 *  messages; NULL for "module". With a cache, takes the artifact from there, or puts it there: of
 *  all threads and processes that want the same one, one compiles. */
WRIT_API writ_error_t *writ_compile(const writ_engine_t *engine, const uint8_t *bytes, size_t size,
                                    const char *name, writ_module_t **module);

/** The same for a file. */
WRIT_API writ_error_t *writ_compile_file(const writ_engine_t *engine, const char *path,
                                         writ_module_t **module);

/** The artifact of the module in `bytes`: the same bytes for the same module and options, on every
 *  machine. Tiers singlepass and llvm have artifacts; for others this is BAD_INPUT. */
WRIT_API writ_error_t *writ_compile_artifact(const writ_engine_t *engine, const uint8_t *bytes,
                                             size_t size, const char *name, writ_bytes_t *artifact);

/** The module in `bytes` as a WebAssembly module that meters itself, for any engine
 *  (docs/wasm-target.md), priced by the engine's schedule: the same bytes for the same module and
 *  options, on every machine. With a cache, it is taken from there, or kept there. `features` is
 *  as for `writ compile --wasm-features`; NULL for those that it has by default. What the features
 *  do not suffice for is BAD_INPUT. */
WRIT_API writ_error_t *writ_compile_wasm(const writ_engine_t *engine, const uint8_t *bytes,
                                         size_t size, const char *name, const char *features,
                                         writ_bytes_t *module);

/** The same, but with the module's code as it is and metering between its instructions, as for
 *  `writ compile --meter-only`: for those who must run what was deployed. It uses the features that
 *  the module uses. */
WRIT_API writ_error_t *writ_compile_wasm_in_place(const writ_engine_t *engine, const uint8_t *bytes,
                                                  size_t size, const char *name,
                                                  writ_bytes_t *module);

#ifdef __cplusplus
}
#endif

#endif
