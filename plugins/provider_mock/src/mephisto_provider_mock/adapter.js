// Tells the page who its worker is: whoever the address names.

function getWorkerName() {
  return new URLSearchParams(window.location.search).get("worker_id");
}

function getAssignmentId() {
  return new URLSearchParams(window.location.search).get("assignment_id");
}

function getAgentRegistration() {
  const worker = getWorkerName();
  const assignment = getAssignmentId();
  return {
    worker_name: worker,
    agent_registration_id: `${assignment}-${worker}`,
    assignment_id: assignment,
    provider_type: "mock",
  };
}

function handleSubmitToProvider(taskData) {
  alert("The task has been submitted! Data: " + JSON.stringify(taskData));
  return true;
}
