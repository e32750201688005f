# Manual pages and completions, made from the program's tables at build time, and where they go.
include(GNUInstallDirs)

set(DOCS_DIR ${CMAKE_BINARY_DIR}/share)
file(MAKE_DIRECTORY ${DOCS_DIR})
set(DOCS_MADE)

# docs_make(OUTPUT SOURCE WORD...): what `generate WORD...` prints.
function(docs_make output source)
	add_custom_command(OUTPUT ${DOCS_DIR}/${output}
		COMMAND generate ${ARGN} > ${DOCS_DIR}/${output}
		DEPENDS generate ${source}
		COMMENT "Writing ${output}"
		VERBATIM)
	set(DOCS_MADE ${DOCS_MADE} ${DOCS_DIR}/${output} PARENT_SCOPE)
endfunction()

foreach(page stswalk.1 stswalk.conf.5 stswalk-theme.5 stswalk-scenario.5)
	set(template ${CMAKE_SOURCE_DIR}/docs/man/${page}.in)
	docs_make(${page} ${template} man ${template})
endforeach()
foreach(shell bash zsh fish)
	docs_make(completion.${shell} ${CMAKE_SOURCE_DIR}/docs/generate_completion.c completion ${shell})
endforeach()
add_custom_target(docs ALL DEPENDS ${DOCS_MADE})

install(FILES ${DOCS_DIR}/stswalk.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${DOCS_DIR}/stswalk.conf.5 ${DOCS_DIR}/stswalk-theme.5 ${DOCS_DIR}/stswalk-scenario.5
	DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${DOCS_DIR}/completion.bash
	DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME stswalk)
install(FILES ${DOCS_DIR}/completion.zsh
	DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _stswalk)
install(FILES ${DOCS_DIR}/completion.fish
	DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME stswalk.fish)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES docs/findings.md docs/guide.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(DIRECTORY docs/pictures DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# A Debian package: cpack -G DEB in the build folder.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME stswalk)
set(CPACK_PACKAGE_VENDOR "stswalk maintainers")
set(CPACK_PACKAGE_CONTACT "stswalk maintainers <maintainers@stswalk.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Looks up the MTA-STS record of a domain, fetches the policy over verified
TLS, talks to every address of every MX host up to TLS, and tells what
happens to the mail (RFC 8461), who must act, and what to do: a console, a
report, or a line for monitoring. A lab of DNS, HTTPS and SMTP servers on
loopback is built in, with a course of 24 lessons. No mail is ever sent.")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/deb.cmake)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
include(CPack)
