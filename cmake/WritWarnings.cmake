# Warnings are errors, once for the whole tree. Exceptions and RTTI are off but in
# tools/ and tests/, which call writ_allow_exceptions().

add_compile_options(-Wall -Wextra -Werror -Wno-unused-parameter)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
add_compile_options(-ffp-contract=off -fno-omit-frame-pointer)
add_link_options(-fuse-ld=lld)

if(WRIT_SANITIZE)
  add_compile_options(-fsanitize=${WRIT_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WRIT_SANITIZE})
  # LLVM is built without RTTI-based checks.
  if(WRIT_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr,function)
  endif()
endif()

# libFuzzer sees the branches of everything that the targets link.
if(WRIT_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

# For this folder and those below it.
macro(writ_allow_exceptions)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fexceptions> $<$<COMPILE_LANGUAGE:CXX>:-frtti>)
endmacro()
