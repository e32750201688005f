# Run by cpack on the folder that becomes the Debian package: what Debian wants otherwise than
# cmake --install leaves it. Manual pages and changelogs are compressed; zsh reads vendor-completions.
if(NOT CPACK_GENERATOR STREQUAL DEB)
	return()
endif()
set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${share}/doc/stswalk/changelog "${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What changed is told in CHANGELOG.md.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
file(GLOB pages ${share}/man/man*/*.[15])
execute_process(COMMAND gzip -9n ${share}/doc/stswalk/changelog ${share}/doc/stswalk/CHANGELOG.md
	${pages} COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions)
