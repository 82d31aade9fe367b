# libtgc.so out of the folders' static libraries, and what a host needs to use it: headers, find_package(tgc), pkg-config.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(api GLOBAL PROPERTY TGC_API_LIBRARIES)
# A shared library needs a source of its own; everything in it comes from the folders.
file(WRITE ${CMAKE_BINARY_DIR}/tgc-shared.cpp "")
add_library(tgc_shared SHARED ${CMAKE_BINARY_DIR}/tgc-shared.cpp)
list(JOIN api "," apiList)
target_link_libraries(tgc_shared PRIVATE ${api})
set_property(TARGET tgc_shared PROPERTY LINK_LIBRARY_OVERRIDE "WHOLE_ARCHIVE,${apiList}")
set(exports ${CMAKE_CURRENT_LIST_DIR}/exports.map)
target_link_options(tgc_shared PRIVATE -Wl,--version-script=${exports})
set_target_properties(tgc_shared PROPERTIES OUTPUT_NAME tgc VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LINK_DEPENDS ${exports} INSTALL_RPATH_USE_LINK_PATH ON EXPORT_NAME tgc)
add_library(tgc::tgc ALIAS tgc_shared)

# Public headers: those in the tgc/ folders, and generated ones that folders name in TGC_GENERATED_HEADERS.
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/tgc/*.h ${CMAKE_SOURCE_DIR}/frontend/tgc/*.h)
get_property(generated GLOBAL PROPERTY TGC_GENERATED_HEADERS)
target_sources(tgc_shared PUBLIC FILE_SET HEADERS
  BASE_DIRS ${CMAKE_SOURCE_DIR}/runtime ${CMAKE_SOURCE_DIR}/frontend ${CMAKE_BINARY_DIR}/frontend
  FILES ${headers} ${generated})
if(TARGET tgc_ops_h)
  add_dependencies(tgc_shared tgc_ops_h)
endif()
target_compile_features(tgc_shared PUBLIC cxx_std_20)
# `ninja all_verify_interface_header_sets` compiles each public header alone, without MLIR's folders on the include path.
set_target_properties(tgc_shared PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)

install(TARGETS tgc_shared EXPORT tgcTargets FILE_SET HEADERS)
foreach(program tgc tgc-opt tgc-lsp-server)
  if(TARGET ${program})
    set_target_properties(${program} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
    install(TARGETS ${program} OPTIONAL) # a build of one folder may lack it
  endif()
endforeach()
install(EXPORT tgcTargets NAMESPACE tgc:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tgc)
file(WRITE ${CMAKE_BINARY_DIR}/tgcConfig.cmake "include(\${CMAKE_CURRENT_LIST_DIR}/tgcTargets.cmake)\n")
write_basic_package_version_file(${CMAKE_BINARY_DIR}/tgcConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(${CMAKE_CURRENT_LIST_DIR}/tgc.pc.in ${CMAKE_BINARY_DIR}/tgc.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/tgcConfig.cmake ${CMAKE_BINARY_DIR}/tgcConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tgc)
install(FILES ${CMAKE_BINARY_DIR}/tgc.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
