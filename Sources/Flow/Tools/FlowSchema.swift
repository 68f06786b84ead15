import Foundation

/// The JSON Schema of flow files, made from the table of verbs: editors complete and check by it.
public enum FlowSchema {
    /// The schema as `Flows/flow.schema.json` holds it.
    public static var text: String {
        let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: schema, options: options) else { return "" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private typealias Object = [String: Any]

    private static var schema: Object {
        var definitions: Object = ["action": action]
        for verb in FlowVerbs.all {
            definitions["verb-\(verb.name)"] = value(of: verb)
            for (group, keys) in verb.keys where group != verb.name {
                definitions["group-\(group)"] = self.group(keys, of: verb, in: group)
            }
        }
        return [
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "A flow of Frontdesk",
            "type": "object",
            "required": ["flow", "language", "steps"],
            "additionalProperties": false,
            "properties": [
                "flow": described("The name of the flow.", ["type": "string"]),
                "lines": described("The lines whose calls it answers.", oneOrMany),
                "takes": described("What a flow takes that other flows call; it has no lines.", ["anyOf": [oneOrMany, ["type": "null"]]]),
                "language": described("The language in which it begins, such as en-US.", ["type": "string"]),
                "languages": described("Other languages that it can speak.", oneOrMany),
                "hours": hours,
                "failed": described("A step or number for everything that breaks and has no way of its own.", scalar),
                "longest-call": described("When a call is ended in any case, such as 4h.", ["type": "string"]),
                "steps": [
                    "description": "The steps by name; a call begins in the first.", "type": "object",
                    "additionalProperties": ["type": "array", "items": ["$ref": "#/definitions/action"]],
                ] as Object,
            ],
            "definitions": definitions,
        ]
    }

    private static var scalar: Object { ["type": ["string", "number", "boolean"]] }
    private static var oneOrMany: Object { ["anyOf": [scalar, ["type": "array", "items": scalar]]] }

    private static func described(_ text: String, _ schema: Object) -> Object {
        schema.merging(["description": text]) { first, _ in first }
    }

    private static var hours: Object {
        [
            "description": "When the business is open, for the condition `open`.", "type": "object", "additionalProperties": false,
            "required": ["timezone", "open"],
            "properties": [
                "timezone": described("Such as Europe/Berlin.", ["type": "string"]),
                "open": described("Days and spans, such as Mon-Fri: 09:00-18:00.", ["type": "object", "additionalProperties": oneOrMany]),
                "closed": described("Days on which it is closed, such as 2026-12-25.", ["type": "array", "items": ["type": "string"]]),
            ],
        ]
    }

    /// One verb, alone or with its value and what stands beside it.
    private static var action: Object {
        let verbs = FlowVerbs.all.map { verb -> Object in
            var properties: Object = [verb.name: ["$ref": "#/definitions/verb-\(verb.name)"]]
            for key in verb.besides { properties[key] = value(of: key, in: verb.name) }
            return ["type": "object", "required": [verb.name], "additionalProperties": false, "properties": properties]
        }
        return ["anyOf": [["type": "string", "enum": FlowVerbs.names] as Object] + verbs]
    }

    private static func value(of verb: any FlowVerb.Type) -> Object {
        let text = FlowWords.deed(of: verb.name) ?? ""
        guard let keys = verb.keys[verb.name] else { return described(text, [:]) }
        return described(text, ["anyOf": [scalar, ["type": "array"], ["type": "null"], group(keys, of: verb, in: verb.name)] as [Object]])
    }

    /// What a key takes and means.
    private static func value(of key: String, in group: String) -> Object {
        guard let meaning = FlowWords.meaning(of: key, in: group) else { return [:] }
        let schema: Object =
            switch meaning.kind {
            case .duration: ["type": "string", "pattern": "^[0-9.]+ ?(ms|s|m|h|d)$", "examples": ["5s", "800ms", "2m"]]
            case .step: ["type": ["string", "number"]]
            case .whole: ["type": ["integer", "string"]]
            case .yesNo: ["enum": ["yes", "no", true, false] as [Any]]
            case .yesNoOr(let word): ["enum": ["yes", "no", true, false, word] as [Any]]
            case .word(let words): ["enum": words]
            case .text: scalar
            case .group: ["type": ["object", "string"]]
            case .heard, .any: [:]
            }
        return described(meaning.text, schema)
    }

    private static func group(_ keys: [String], of verb: any FlowVerb.Type, in group: String) -> Object {
        var properties: Object = [:]
        for key in keys {
            let isGroup = key != group && verb.keys[key] != nil
            let alternatives: Object = ["anyOf": [["$ref": "#/definitions/group-\(key)"], scalar, ["type": "array"]] as [Object]]
            properties[key] =
                isGroup ? described(FlowWords.meaning(of: key, in: group)?.text ?? "", alternatives) : value(of: key, in: group)
        }
        return ["type": "object", "additionalProperties": false, "properties": properties]
    }
}
