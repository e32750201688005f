# embed_files(OUT NAME FILE...): a C file that holds the bytes of each FILE as a row
# { "name without extension", text, size } of the array NAME, ended by a row of NULL (core/embed.h).
function(embed_files out name)
	set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN})
	add_custom_command(OUTPUT ${out}
		COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} "-DFILES=${ARGN}"
			-P ${CMAKE_SOURCE_DIR}/cmake/embed-run.cmake
		DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed-run.cmake VERBATIM)
endfunction()
