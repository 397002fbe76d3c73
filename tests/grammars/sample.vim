<Comment:#!/usr/bin/env adlib>
<Documentation:## Doubles.>
<Documentation:## > f(1)>
<Keyword:fn> <Definition:f>(x, k <Operator:=> <Number:2>) { x <Operator:**> k }  <Comment:# a comment>
<Definition:g>(t) <Operator:=> <Function:exp>(<Operator:->t) <Operator:*> <Function:sin>(<Number:3> <Operator:*> t)
x <Operator:=> <Number:1_000> <Operator:+> <Number:0xff> <Operator:+> <Number:1e-3> <Operator:+> <Number:.5> <Operator:+> <Number:1.> <Operator:+> <Constant:pi>
<Function:attach_grad>(x)
<Keyword:record> <Operator:<> y <Operator:=> <Number:2> <Operator:*> x <Operator:**> <Number:2> <Operator:>>
s <Operator:=> <String:"text ><Piece:{x ><Operator:+><Piece: ><Function:sin><Piece:(><Number:1><Piece:)><Format::.2f><Piece:}><String: ><Escape:\n><String: ><Escape:{{><String: no ><Escape:}}><String: ><Piece:{><String:"><Piece:{x}><String:"><Piece:}><String: end # no comment">
r <Operator:=> <String:r"raw\d"> <Operator:+> <String:"""several ><Piece:{x}>
<String:"lines" # no comment""">
θ <Operator:=> [[<Number:1>, <Number:2>], [<Number:3>, <Number:4>]]
<Keyword:if> <WordOperator:not> <Constant:true> <WordOperator:and> <Number:1> <WordOperator:in> θ { <Constant:none> } <Keyword:else> { <Function:display>(digits <Operator:=> <Number:3>) }
<Keyword:for> i, row <WordOperator:in> <Function:enumerate>(θ) { x <Operator:**=> <Number:2>; x <Operator://=> <Number:3> }
<Function:print>(x <Operator:!=> <Number:1> <Operator:<=> <Number:2>, θ.<Function:T> <Operator:@> θ, θ[<Number:0>, <Number:1>:], g'(<Number:1>), (...(<Number:1>, <Number:2>), <Number:3>), x <Operator:->> x)
contains <Operator:=> <Function:display>
