# The fuzz targets as a plain test: each one's entry gets a name of its own, and replay.c runs all
# of them over their corpora.
file(GLOB FUZZ_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_*.c)
set(rows "")
foreach(file IN LISTS FUZZ_SOURCES)
	get_filename_component(name ${file} NAME_WE)
	string(REPLACE "fuzz_" "" name ${name})
	set_source_files_properties(${file} PROPERTIES
		COMPILE_DEFINITIONS LLVMFuzzerTestOneInput=fuzz_one_${name})
	string(APPEND rows "TARGET(${name})\n")
endforeach()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/gen/fuzz_targets.def CONTENT "${rows}")
sts_test(unit ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/replay.c sts_lab)
target_sources(unit_replay PRIVATE ${FUZZ_SOURCES})
target_include_directories(unit_replay PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/gen)
