# The libraries that outside programs link, static and shared, and what is installed with them.
# Each is made of the objects of ours that it needs; nothing of ours is seen from outside but what
# hostabi/writ.h declares.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
# Found already, but seen only in the folders that did.
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(asmjit CONFIG REQUIRED)

set(writ_run_parts hostabi policy module_format runtime interp_run image cache capi_run)
set(writ_all_parts ${writ_run_parts} wasm dialect wasm_import module_from_ir interp_translate
                   tierup lowering wasm_target orc singlepass engine capi)

# What the API exports, from the one place that declares it.
file(READ ${CMAKE_SOURCE_DIR}/hostabi/writ.h header)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/hostabi/writ.h)
string(REGEX MATCHALL "WRIT_API [a-z0-9_ ]+[ *]writ_[a-z0-9_]+\\(" declarations "${header}")
list(TRANSFORM declarations REPLACE ".*[ *](writ_[a-z0-9_]+)\\($" "\\1")
list(JOIN declarations ";\n  " names)
set(exports ${CMAKE_BINARY_DIR}/writ.exports)
set(run_exports ${CMAKE_BINARY_DIR}/writ-run.exports)
file(CONFIGURE OUTPUT ${exports} CONTENT "{ global:\n  ${names};\n  local: *;\n};\n" @ONLY)
# lld wants each name to be there.
list(FILTER declarations EXCLUDE REGEX "^writ_compile")
list(JOIN declarations ";\n  " names)
file(CONFIGURE OUTPUT ${run_exports} CONTENT "{ global:\n  ${names};\n  local: *;\n};\n" @ONLY)

# What C programs need besides a static library; a shared one brings its own.
set(writ_run_needs fmt sqlite3 crypto stdc++ pthread m dl)
set(writ_needs asmjit MLIR LLVM ${writ_run_needs})

function(writ_library name output parts_variable exports)
  set(objects "")
  foreach(part IN LISTS ${parts_variable})
    list(APPEND objects $<TARGET_OBJECTS:writ_${part}>)
  endforeach()
  add_library(${name}_static STATIC ${objects})
  add_library(${name} SHARED ${objects})
  target_link_options(${name} PRIVATE -Wl,--version-script=${exports} -Wl,--as-needed)
  if(NOT WRIT_SANITIZE AND NOT WRIT_FUZZERS) # Else the program has what is missing.
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${exports})
  set_target_properties(${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 1)
  set_target_properties(${name} ${name}_static PROPERTIES
    OUTPUT_NAME ${output} LINKER_LANGUAGE CXX
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  foreach(target ${name} ${name}_static)
    target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/writ>)
  endforeach()
endfunction()

writ_library(writ_lib_run writ-run writ_run_parts ${run_exports})
target_link_libraries(writ_lib_run PRIVATE fmt::fmt SQLite::SQLite3 OpenSSL::Crypto Threads::Threads)
target_link_libraries(writ_lib_run_static INTERFACE $<INSTALL_INTERFACE:${writ_run_needs}>)

writ_library(writ_lib writ writ_all_parts ${exports})
target_link_libraries(writ_lib PRIVATE asmjit::asmjit writ_mlir fmt::fmt SQLite::SQLite3
                                       OpenSSL::Crypto Threads::Threads)
target_link_libraries(writ_lib_static INTERFACE $<INSTALL_INTERFACE:${writ_needs}>)
target_link_directories(writ_lib_static INTERFACE $<INSTALL_INTERFACE:${llvm_prefix}/lib>)

if(NOT WRIT_STATIC_LLVM)
  set_target_properties(writ_lib writ PROPERTIES INSTALL_RPATH ${llvm_prefix}/lib)
endif()

# What find_package(writ) gives: writ::run and writ::writ, and each with _static.
set_target_properties(writ_lib_run PROPERTIES EXPORT_NAME run)
set_target_properties(writ_lib_run_static PROPERTIES EXPORT_NAME run_static)
set_target_properties(writ_lib PROPERTIES EXPORT_NAME writ)
set_target_properties(writ_lib_static PROPERTIES EXPORT_NAME writ_static)

#===----------------------------------------------------------------------===#
# Installation
#===----------------------------------------------------------------------===#

# Headers lie together, so that `#include <writ.h>` and <hostabi/Host.h> both find theirs.
install(FILES ${CMAKE_SOURCE_DIR}/hostabi/writ.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/writ)
install(FILES ${CMAKE_SOURCE_DIR}/hostabi/Host.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/writ/hostabi)
install(TARGETS writ_lib_run writ_lib_run_static writ_lib writ_lib_static EXPORT writTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS writ writ-run DESTINATION ${CMAKE_INSTALL_BINDIR})

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/writ)
install(EXPORT writTargets NAMESPACE writ:: DESTINATION ${package})
file(WRITE ${CMAKE_BINARY_DIR}/writConfig.cmake
     "include(\"\${CMAKE_CURRENT_LIST_DIR}/writTargets.cmake\")\n")
write_basic_package_version_file(${CMAKE_BINARY_DIR}/writConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/writConfig.cmake ${CMAKE_BINARY_DIR}/writConfigVersion.cmake
        DESTINATION ${package})

function(writ_pkg_config name description needs)
  list(TRANSFORM needs PREPEND -l)
  list(JOIN needs " " needs)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/writ.pc.in ${CMAKE_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
writ_pkg_config(writ-run "Run compiled smart contracts" "${writ_run_needs}")
writ_pkg_config(writ "Compile smart contracts and run them" "${writ_needs}")
