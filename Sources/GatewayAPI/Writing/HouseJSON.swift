import Gateway
import Vocabulary

extension SettingItem {
    /// The contract's fields, and besides them what a form needs: the range, whether the console may set it, and its meaning in Chinese.
    var json: JSONValue {
        [
            "key": .text(key.name), "value": .text(value), "default": .text(standard), "origin": .text(origin.rawValue),
            "unit": .text(key.unit), "meaning": .text(key.english), "meaningZh": .text(key.chinese), "accepted": .text(key.accepted),
            "editable": .flag(key.isConsoles),
        ]
    }
}

extension AuditEntry {
    var json: JSONValue {
        let who: JSONValue = member.map { ["id": .id($0), "name": .text(memberName)] } ?? .null
        let lines = JSONValue.list(changes) { ["field": .text($0.field), "from": .string($0.from), "to": .string($0.to)] }
        return [
            "at": .time(at), "who": who, "origin": .text(origin.rawValue), "action": .text(action), "subject": .text(subject),
            "name": .text(name), "changes": lines,
        ]
    }
}
