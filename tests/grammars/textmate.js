// Writes how the TextMate grammar, which Visual Studio Code reads, highlights a program, as <scope:text>.
//
//     npm install vscode-textmate vscode-oniguruma
//     adlib grammar textmate > adlib.json
//     node textmate.js adlib.json sample.ad > sample.textmate

const fs = require('fs'), textmate = require('vscode-textmate'), oniguruma = require('vscode-oniguruma');
const [grammar, program] = process.argv.slice(2);
const wasm = fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer;
const onigLib = oniguruma.loadWASM(wasm).then(() => ({
    createOnigScanner: patterns => new oniguruma.OnigScanner(patterns),
    createOnigString: text => new oniguruma.OnigString(text),
}));
const loadGrammar = async () => textmate.parseRawGrammar(fs.readFileSync(grammar, 'utf8'), 'adlib.json');
new textmate.Registry({ onigLib, loadGrammar }).loadGrammar('source.adlib').then(grammar => {
    let stack = textmate.INITIAL;
    for (const line of fs.readFileSync(program, 'utf8').trimEnd().split('\n')) {
        const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
        stack = ruleStack;
        const shown = ({ scopes, startIndex, endIndex }) => {
            const text = line.slice(startIndex, endIndex), scope = scopes.slice(1).pop();
            return scope ? `<${scope.replace(/\.adlib$/, '')}:${text}>` : text;
        };
        console.log(tokens.map(shown).join(''));
    }
});
