import CTI
import CTILink
import NIOCore
import Switchboard

// Applications of other processes, which come over the CTI link.
extension SignallingLoop {
    /// Takes what an application of the link does. From any thread; what comes first is heard first.
    func receive(_ input: LinkServer.Input, over link: LinkServer) {
        eventLoop.execute {
            switch input {
            case .connected(let application, let origin, let isSecure):
                self.applications[application] = { link.tell(application, $0) }
                self.receive(.connected(application, secure: isSecure, from: origin))
            case .request(let application, let id, let request):
                self.receive(.request(application, id, request))
            case .disconnected(let application):
                self.applications[application] = nil
                self.receive(.disconnected(application))
            }
        }
    }
}
