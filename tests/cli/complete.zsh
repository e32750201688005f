#!/usr/bin/env zsh
# complete.zsh FILE LINE FOLDER: what a real zsh offers behind LINE, with FILE as its completion of
# stswalk. What zsh finds out about its own completions stays in FOLDER, for the next time.
# It runs in a terminal of its own (zpty): completion works in the line editor only. The keys mean
# nothing to a terminal, so that it is no matter whether the editor has begun.
emulate -R zsh
zmodload zsh/zpty || exit 77
folder=$3
cp $1 $folder/_stswalk || exit 1
export TERM=vt100 LISTMAX=0 HOME=$folder
zpty z "stty rows 200 cols 200; exec zsh -f -i"
zpty -w z "PS1= PS2=; fpath=($folder \$fpath); autoload -U compinit; compinit -C -d $folder/dump"
zpty -w z "bindkey '^Xl' list-choices; bindkey '^Xk' kill-whole-line; print READY-\$((1+1))"
zpty -r z before '*READY-2*' || exit 1
zpty -w -n z "$2"$'\x18l'
zpty -w z $'\x18k'"print DONE-\$((1+1))"
zpty -r z offered '*DONE-2*' || exit 1
zpty -d z
# Without what moves the cursor, and the padding of slow terminals.
print -r -- $offered | tr -d '\000\r' | sed "s/"$'\e'"\[[?0-9;]*[A-Za-z]//g"
