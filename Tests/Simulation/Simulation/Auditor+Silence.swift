import CallControl
import Kernel
import SDP
import SIP
import SimulatedWorld

// Whoever is in a call that is answered must be in it with somebody.
extension Auditor {
    /// After everything was put right and retrieved, each phone that talks sends to somebody who sends back.
    mutating func lookForSilence(in world: SimulatedWorld) {
        for person in Site.everybody {
            for call in world.phones[person]?.calls ?? [] where call.state == .talking {
                conversations += 1
                if let wrong = Auditor.silence(of: call, in: world) {
                    find("\(person) \(call.media) (session \(call.session.rawValue)) \(wrong)", world.now)
                }
            }
        }
    }

    /// What is wrong with the media of a call, if something is.
    private static func silence(of call: SimulatedCall, in world: SimulatedWorld) -> String? {
        guard let audio = call.audio else { return "has settled no media" }
        guard let remote = call.sendsTo else {
            let listens = world.mixer.ports.values.contains { $0.audio?.remote == call.media && $0.role == .listener }
            return listens ? nil : "sends nothing (\(audio.direction))"
        }
        for person in Site.everybody {
            for other in world.phones[person]?.calls ?? [] where other.media == remote && !other.isOver {
                return other.sendsTo == call.media ? nil : "sends to \(person), who sends to \(other.sendsTo.map { "\($0)" } ?? "nobody")"
            }
        }
        for application in world.applications.values {
            for (leg, audio) in application.media
            where (application.addresses[leg] ?? Site.fixedMedia) == remote && audio.remote == call.media {
                return nil
            }
        }
        for port in world.mixer.ports.values where port.address == remote {
            return port.audio?.remote == call.media
                ? nil : "sends to the mixer, which sends to \(port.audio.map { "\($0.remote)" } ?? "nobody")"
        }
        return "sends to \(remote), where nobody is"
    }
}
