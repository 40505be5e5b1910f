# LLVM and MLIR 22.1, found once. Link `writ_llvm` or `writ_mlir`, never a library
# of theirs by name: whether that means the shared libraries (development) or the
# archives (release, for its start-up time) is decided here for the whole tree.

find_program(WRIT_LLVM_CONFIG NAMES llvm-config-22 llvm-config REQUIRED)
execute_process(COMMAND ${WRIT_LLVM_CONFIG} --prefix OUTPUT_VARIABLE llvm_prefix
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
list(APPEND CMAKE_PREFIX_PATH ${llvm_prefix})

# MLIR's package refuses to be asked for "22"; so ask for any, then look.
find_package(MLIR REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL 22 OR NOT LLVM_VERSION_MINOR EQUAL 1)
  message(FATAL_ERROR "LLVM ${LLVM_PACKAGE_VERSION} found; expected 22.1")
endif()
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(llvm_definitions UNIX_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${llvm_definitions})

add_library(writ_llvm INTERFACE)
add_library(writ_mlir INTERFACE)
target_link_libraries(writ_mlir INTERFACE writ_llvm)

if(NOT WRIT_STATIC_LLVM)
  target_link_libraries(writ_llvm INTERFACE LLVM)
  target_link_libraries(writ_mlir INTERFACE MLIR LLVM)
  return()
endif()

# The archives name each other in circles, so they go in one group.
set(components core support passes orcjit x86 bitwriter irprinter)
execute_process(COMMAND ${WRIT_LLVM_CONFIG} --link-static --libfiles ${components}
                OUTPUT_VARIABLE llvm_archives OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WRIT_LLVM_CONFIG} --link-static --system-libs ${components}
                OUTPUT_VARIABLE llvm_system OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(llvm_archives UNIX_COMMAND "${llvm_archives}")
separate_arguments(llvm_system UNIX_COMMAND "${llvm_system}")
target_link_libraries(writ_llvm INTERFACE ${llvm_archives} ${llvm_system})

# An archive member is only linked if something needs it: naming all of MLIR's
# costs link time and nothing else.
file(GLOB mlir_archives ${llvm_prefix}/lib/libMLIR*.a)
list(FILTER mlir_archives EXCLUDE REGEX "MLIRCAPI|Test|ExecutionEngine|_runner")
target_link_libraries(writ_mlir INTERFACE
  -Wl,--start-group ${mlir_archives} ${llvm_archives} -Wl,--end-group ${llvm_system})
