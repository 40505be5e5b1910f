# Optimization across files, in what users run: a twentieth of a singlepass compile.
#
# Objects hold machine code too: the installed static libraries must be good for any linker.

option(WRIT_LTO "Optimize across files" ${WRIT_STATIC_LLVM})

if(WRIT_LTO)
  add_compile_options(-flto=thin -ffat-lto-objects)
  add_link_options(-flto=thin -ffat-lto-objects
                   -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto-cache)
endif()
