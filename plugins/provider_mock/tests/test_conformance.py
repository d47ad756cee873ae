from mephisto.testing import ProviderTests


class TestMock(ProviderTests):
    name = "mock"

    def registration(self, worker):
        return {"worker_name": worker, "agent_registration_id": f"1-{worker}", "assignment_id": "1"}
