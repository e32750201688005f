/*
 * generate: pages and completions that are made from the program's tables.
 */
#ifndef STS_GENERATE_H
#define STS_GENERATE_H

/* A template of docs/man with "@options@" and the like filled in. Exit status. */
int generate_man(const char *template_path);
/* For "bash", "zsh" or "fish". Exit status. */
int generate_completion(const char *shell);

int generate_findings(void);

#endif
