# What allocates memory in the programs that compile: link `writ_malloc`, first.
#
# MLIR takes each op, block and attribute from malloc; a tenth of a singlepass compile is saved by
# a faster one than the C library's. Sanitizers have their own, so development builds link none.

option(WRIT_MIMALLOC "Allocate memory with mimalloc" ${WRIT_STATIC_LLVM})

add_library(writ_malloc INTERFACE)
if(WRIT_MIMALLOC)
  find_library(WRIT_MIMALLOC_LIBRARY mimalloc REQUIRED)
  target_link_libraries(writ_malloc INTERFACE ${WRIT_MIMALLOC_LIBRARY})
endif()
