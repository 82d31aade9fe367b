# The only CMake functions of the project: tgc_library, tgc_dialect, tgc_tool, tgc_test.
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
# -O1 compiles a third faster than -O2; what must run fast is generated code.
set(CMAKE_CXX_FLAGS_RELEASE "-O1")

find_program(TGC_CCACHE ccache)
if(TGC_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TGC_CCACHE})
endif()
find_program(TGC_MOLD mold)
if(TGC_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-unused-parameter -Xclang -fno-pch-timestamp)
else()
  add_compile_options(-Wno-unused-parameter -Wno-comment -Wno-maybe-uninitialized -Wno-dangling-reference)
endif()
if(TGC_SANITIZE)
  add_compile_options(-fsanitize=${TGC_SANITIZE} -fno-sanitize=vptr,function -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${TGC_SANITIZE})
endif()

if(TGC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Headers of MLIR for the folders that may see them, in one precompiled header.
add_library(tgc_mlir INTERFACE)
target_include_directories(tgc_mlir SYSTEM INTERFACE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
separate_arguments(TGC_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(tgc_mlir INTERFACE ${TGC_LLVM_DEFINITIONS})
target_link_libraries(tgc_mlir INTERFACE MLIR LLVM)

# tgc_pch_library(name header): a precompiled header that targets of the same language options share.
function(tgc_pch_library name header)
  add_library(${name} OBJECT ${CMAKE_SOURCE_DIR}/tools/cmake/${header}.cpp)
  target_link_libraries(${name} PUBLIC tgc_mlir)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/runtime
      ${CMAKE_SOURCE_DIR}/frontend ${CMAKE_BINARY_DIR} ${CMAKE_BINARY_DIR}/frontend)
  target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tools/cmake/${header}.h)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PUBLIC -fpch-instantiate-templates)
  endif()
endfunction()
tgc_pch_library(tgc_pch Pch)
tgc_pch_library(tgc_graph_pch GraphPch)
add_dependencies(tgc_graph_pch tgc_graph_inc tgc_catalogue_inc tgc_exec_inc)

# tgc_library(name [API] [MLIR|GRAPH] SOURCES ... [LINK ...] [DEPENDS ...]): one static library for one folder.
# MLIR: may include MLIR; GRAPH: and the op classes of the catalogue.
# API: the folder implements public headers, so libtgc.so takes all of it and exports its tgc:: names.
function(tgc_library name)
  cmake_parse_arguments(arg "API;MLIR;GRAPH" "" "SOURCES;LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  if(arg_API)
    set_property(GLOBAL APPEND PROPERTY TGC_API_LIBRARIES ${name})
    set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET default)
  endif()
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/runtime
    ${CMAKE_SOURCE_DIR}/frontend ${CMAKE_BINARY_DIR} ${CMAKE_BINARY_DIR}/frontend)
  target_link_libraries(${name} PUBLIC ${arg_LINK})
  if(arg_MLIR)
    tgc_use_mlir(${name} tgc_pch)
  elseif(arg_GRAPH)
    tgc_use_mlir(${name} tgc_graph_pch)
  endif()
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
endfunction()

# tgc_dialect(name file.td): <stem>Dialect and <stem>Ops, .h.inc and .cpp.inc, made by the target ${name}_inc.
function(tgc_dialect name td)
  get_filename_component(stem ${td} NAME_WE)
  include_directories(SYSTEM ${MLIR_INCLUDE_DIRS} ${CMAKE_SOURCE_DIR}) # tablegen reads the folder's property
  set(LLVM_TARGET_DEFINITIONS ${td})
  mlir_tablegen(${stem}Dialect.h.inc -gen-dialect-decls)
  mlir_tablegen(${stem}Dialect.cpp.inc -gen-dialect-defs)
  mlir_tablegen(${stem}Ops.h.inc -gen-op-decls)
  mlir_tablegen(${stem}Ops.cpp.inc -gen-op-defs)
  add_public_tablegen_target(${name}_inc)
endfunction()

# tgc_use_mlir(target header): MLIR's headers, definitions and a shared precompiled header.
function(tgc_use_mlir name header)
  target_link_libraries(${name} PUBLIC tgc_mlir)
  target_precompile_headers(${name} REUSE_FROM ${header})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(${name} PRIVATE -fpch-instantiate-templates)
  endif()
endfunction()

# All executables but the tests: what a user runs.
add_custom_target(tgc_programs)

# tgc_tool(name [MLIR|GRAPH] SOURCES ... LINK ...): an executable in build/bin.
function(tgc_tool name)
  cmake_parse_arguments(arg "MLIR;GRAPH;TEST" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/runtime
    ${CMAKE_SOURCE_DIR}/frontend ${CMAKE_BINARY_DIR} ${CMAKE_BINARY_DIR}/frontend)
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  if(NOT arg_TEST)
    add_dependencies(tgc_programs ${name})
  endif()
  if(arg_MLIR)
    tgc_use_mlir_private(${name} tgc_pch)
  elseif(arg_GRAPH)
    tgc_use_mlir_private(${name} tgc_graph_pch)
  endif()
endfunction()

function(tgc_use_mlir_private name header)
  # The header was compiled with -fPIC as for libraries; an executable's -fPIE would refuse it.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  target_link_libraries(${name} PRIVATE tgc_mlir)
  target_precompile_headers(${name} REUSE_FROM ${header})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # -fPIC after CMake's -fPIE: the precompiled header was made for libraries
    target_compile_options(${name} PRIVATE -fpch-instantiate-templates -fPIC)
  endif()
endfunction()

# What the quick part of the tests needs, to be built without the rest in the sanitizers' build.
add_custom_target(tgc_quick)

# tgc_test(name [MLIR|GRAPH] [LABELS quick|slow] SOURCES ... LINK ...): a doctest binary, run by ctest.
function(tgc_test name)
  cmake_parse_arguments(arg "MLIR;GRAPH" "LABELS" "SOURCES;LINK" ${ARGN})
  set(extra "")
  if(arg_MLIR)
    set(extra MLIR)
  elseif(arg_GRAPH)
    set(extra GRAPH)
  endif()
  tgc_tool(${name} TEST ${extra} SOURCES ${CMAKE_SOURCE_DIR}/tests/Main.cpp ${arg_SOURCES} LINK ${arg_LINK})
  if(NOT arg_LABELS)
    set(arg_LABELS quick)
  endif()
  if(arg_LABELS STREQUAL quick)
    add_dependencies(tgc_quick ${name})
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${arg_LABELS} TIMEOUT 1500)
endfunction()
