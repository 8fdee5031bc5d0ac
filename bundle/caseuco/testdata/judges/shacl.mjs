// Judges CASE/UCO graphs: node shacl.mjs FOLDER FILE.jsonld …; in the folder the published ontologies lie in
// Turtle with their SHACL shapes. Prints one JSON object a file: triples, constraints that were left out, violations, warnings, and the
// classes and properties that no ontology in the folder declares.
import fs from 'node:fs'
import path from 'node:path'
import jsonld from 'jsonld'
import { Parser, Store, DataFactory } from 'n3'
import Validator from 'rdf-validate-shacl'

const [folder, ...files] = process.argv.slice(2)
const onto = new Store()
for (const name of fs.readdirSync(folder).filter(n => n.endsWith('.ttl'))) {
	onto.addQuads(new Parser({ blankNodePrefix: `_:${name.replace(/\W/g, '')}` }).parse(fs.readFileSync(path.join(folder, name), 'utf8')))
}
// Constraints in SPARQL are not in the reach of this validator and are left out: few, on the form of names.
const within = onto.getQuads(null, 'http://www.w3.org/2000/01/rdf-schema#subClassOf', null, null)
const declared = new Set(onto.getSubjects('http://www.w3.org/1999/02/22-rdf-syntax-ns#type', null, null).map(s => s.value))
const sparql = onto.getQuads(null, 'http://www.w3.org/ns/shacl#sparql', null, null)
onto.removeQuads(sparql)
const validator = new Validator(onto, { allowNamedNodeInList: true, importGraph: () => new Store() })

for (const file of files) {
	// Nothing is fetched: the graph brings its context.
	const nquads = await jsonld.toRDF(JSON.parse(fs.readFileSync(file, 'utf8')), {
		format: 'application/n-quads', safe: true, documentLoader: async url => { throw new Error(`fetches ${url}`) },
	})
	const data = new Store(new Parser({ format: 'N-Quads' }).parse(nquads))
	const unknown = new Set()
	for (const q of data) {
		const term = q.predicate.value === 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type' ? q.object : q.predicate
		if (!term.value.startsWith('http://www.w3.org/') && !declared.has(term.value)) unknown.add(term.value)
	}
	// What is judged is the graph, with the ontologies' word on which class is within which.
	const report = await validator.validate(new Store([...within, ...data]))
	const ours = new Set([...data].map(q => q.subject.value))
	const lines = kind => report.results.filter(r => r.severity?.value.endsWith(kind) && ours.has(r.focusNode?.value))
		.map(r => `${r.focusNode.value} ${r.path?.value ?? ''} ${r.message.map(m => m.value).join('; ') || r.sourceConstraintComponent?.value}`)
	console.log(JSON.stringify({ triples: data.size, sparql: sparql.length, violations: lines('Violation'), warnings: lines('Warning'), unknown: [...unknown] }))
}
