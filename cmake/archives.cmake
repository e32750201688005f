# link_archives(TARGET ARCHIVE...): what pkg-config found is linked from these archives in place of
# the shared library (preset portable). Stops with what to install where one is missing.
function(link_archives target)
	set(found)
	foreach(archive IN LISTS ARGN)
		find_library(STS_ARCHIVE_${archive} NAMES ${archive})
		if(NOT STS_ARCHIVE_${archive})
			message(FATAL_ERROR "portable: no static ${archive} on this machine; install the "
				"development package that has it, or build the preset release")
		endif()
		list(APPEND found ${STS_ARCHIVE_${archive}})
	endforeach()
	set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${found}")
endfunction()
