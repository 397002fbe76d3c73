" Writes how Vim highlights the open file, as <group:text>: vim -es -u NONE -N sample.ad -S groups.vim
" g:syntax names the syntax file, g:out what is written.
set encoding=utf-8
set nocompatible
syntax on
filetype off
syntax clear
unlet! b:current_syntax
execute 'source ' . g:syntax
let g:lines = []
for line in range(1, line('$'))
  let [text, last, column] = ['', '', 1]
  for char in split(getline(line), '\zs')
    let group = substitute(synIDattr(synID(line, column, 1), 'name'), '^adlib', '', '')
    if group != last
      let text .= (last == '' ? '' : '>') . (group == '' ? '' : '<' . group . ':')
      let last = group
    endif
    let text .= char
    let column += strlen(char)
  endfor
  call add(g:lines, text . (last == '' ? '' : '>'))
endfor
call writefile(g:lines, g:out)
qa!
